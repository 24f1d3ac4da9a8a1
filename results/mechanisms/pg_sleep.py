import psycopg2,time,os,random
open('/sys/fs/cgroup/cpu/lab_api1/tasks','w').write(str(os.getpid())); os.sched_setaffinity(0,{1})
c=psycopg2.connect('host=127.0.0.1 port=25432 user=postgres dbname=shop'); cur=c.cursor()
for s in (0.008,0.03,0.1):
  for gap in (0,0.05):
    ls=[]
    for i in range(60):
        if gap: time.sleep(gap*(.5+random.random()))
        a=time.monotonic(); cur.execute('select pg_sleep(%s)',(s,)); cur.fetchall(); ls.append((time.monotonic()-a)*1e3)
        c.rollback()
    ls.sort(); print(s,gap,['%.2f'%ls[int(k*59)] for k in (0,.05,.25,.5,.75,.95,1)])
