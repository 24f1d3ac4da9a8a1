import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Characters that are gathered before they are written. */
const CHUNK_LENGTH = 1 << 20;

/** A file that a run writes its samples to while it goes on; compressed where its name ends in `.gz`. */
export class PointsFile {
  private readonly descriptor: number;
  private parts: string[] = [];
  private length = 0;

  /** @throws the system's error where the file cannot be made. */
  constructor(private readonly file: string) {
    this.descriptor = openSync(file, 'w');
  }

  /** Adds text; it reaches the disk later. */
  readonly write = (text: string): void => {
    this.parts.push(text);
    this.length += text.length;
    if (this.length >= CHUNK_LENGTH) this.flush();
  };

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  /** A simulated run lets no stream do its work, so each piece is a gzip member of its own; all readers join them (RFC 1952, 2.2). */
  private flush(): void {
    if (this.length === 0) return;
    const text = Buffer.from(this.parts.join(''));
    const bytes = this.file.endsWith('.gz') ? gzipSync(text) : text;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    this.parts = [];
    this.length = 0;
  }
}
