import os,time,socket,random,select
def burn(ms):
    end=time.thread_time()+ms/1000; n=0
    while time.thread_time()<end: n+=sum(range(50))
def child(g,conn):
    open('/sys/fs/cgroup/cpu/lab_%s/tasks'%g,'w').write(str(os.getpid())); os.sched_setaffinity(0,{1})
    while True:
        b=conn.recv(16)
        if not b: return
        t=time.monotonic(); burn(int(b)/1000); conn.send(b'%.3f'%((time.monotonic()-t)*1e3))
cs=[]
for g in ('api1','api2'):
    a,b=socket.socketpair()
    if os.fork()==0: a.close(); child(g,b); os._exit(0)
    b.close(); cs.append(a)
open('/sys/fs/cgroup/cpu/lab_core/tasks','w').write(str(os.getpid())); os.sched_setaffinity(0,{0})
time.sleep(.2)
def run(work,delay):
    out=[]
    for i in range(60):
        time.sleep(.02+random.random()*.01)
        t=time.monotonic(); cs[0].send(b'%d'%(work[0]*1000))
        while time.monotonic()<t+delay/1000: pass
        t2=time.monotonic(); cs[1].send(b'%d'%(work[1]*1000))
        done={}
        while len(done)<2:
            r,_,_=select.select(cs,[],[])
            for c in r:
                k=cs.index(c); c.recv(64); done[k]=(time.monotonic()-(t if k==0 else t2))*1e3
        out.append((done[0],done[1]))
    o0=sorted(x for x,_ in out); o1=sorted(x for _,x in out)
    n=len(out)
    print(work,delay,'first p25 %.2f p50 %.2f p75 %.2f | second %.2f %.2f %.2f'%(o0[n//4],o0[n//2],o0[3*n//4],o1[n//4],o1[n//2],o1[3*n//4]))
for w,d in (((2,.0),0),((2,2),0),((2,2),.3),((2,2),1),((2,2),1.6),((2,0.3),.5),((2,.3),1),((2,.3),1.6),((10,10),0),((10,10),2),((10,.3),1),((10,.3),3),((10,2),3)): run(w,d)
