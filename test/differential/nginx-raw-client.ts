import { connect, type Socket } from 'node:net';

/** A client that speaks HTTP/1.1 over a socket of its own. */
export class RawClient {
  /** True once either end has closed it. */
  closed = false;
  private readonly socket: Socket;
  private text = '';
  private told: ((ending: string) => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1').on('data', (text: string) => this.read(text));
    this.socket.on('error', () => this.end('reset'));
    this.socket.on('close', () => {
      this.closed = true;
      this.end('reset');
    });
  }

  /** Sends a request; its status, or `reset`. */
  request(path: string): Promise<string> {
    this.text = '';
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
    return new Promise((resolve) => {
      this.told = resolve;
    });
  }

  /** Of the last answer. */
  body(): string {
    return this.text.split('\r\n\r\n')[1]!;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(text: string): void {
    this.text += text;
    const [head = '', body = ''] = this.text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (body.length < length || !this.text.includes('\r\n\r\n')) return;
    this.end(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3));
  }

  private end(ending: string): void {
    this.told?.(ending);
    this.told = undefined;
  }
}
