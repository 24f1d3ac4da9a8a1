import psycopg2,time,os,glob,resource
from sqlalchemy import create_engine,text
dsn='host=127.0.0.1 port=25432 user=postgres dbname=shop'
def core():
    # cpuacct of core group
    return int(open('/proc/self/schedstat').read().split()[0])
def pgcpu():
    # total cpu of postgres tree through cgroup task schedstat is lost at exit: use /proc/stat of core 0 instead
    for l in open('/proc/stat'):
        if l.startswith('cpu0 '): 
            a=list(map(int,l.split()[1:])); return sum(a)-a[3]-a[4]
N=400
for i in range(20): psycopg2.connect(dsn).close()
import statistics
lat=[];t0=time.thread_time(); w0=time.time(); p0=pgcpu()
for i in range(N):
    a=time.time(); c=psycopg2.connect(dsn); lat.append(time.time()-a); c.close()
print('psycopg2 connect+close: own cpu %.3f ms, wall connect %.3f median, core0 busy %.3f ms per'%((time.thread_time()-t0)/N*1e3, statistics.median(lat)*1e3,(pgcpu()-p0)*10/N))
from sqlalchemy.pool import NullPool
e=create_engine('postgresql+psycopg2://postgres@127.0.0.1:25432/shop',poolclass=NullPool)
with e.connect() as c: c.execute(text('select 1'))
t0=time.thread_time(); w0=time.time(); p0=pgcpu()
for i in range(N):
    with e.connect() as c: c.execute(text('select 1'))
print('sqlalchemy nullpool: own cpu %.3f, wall %.3f, core0 %.3f'%((time.thread_time()-t0)/N*1e3,(time.time()-w0)/N*1e3,(pgcpu()-p0)*10/N))
e=create_engine('postgresql+psycopg2://postgres@127.0.0.1:25432/shop')
with e.connect() as c: c.execute(text('select 1'))
N=2000
t0=time.thread_time(); w0=time.time(); p0=pgcpu()
for i in range(N):
    with e.connect() as c: c.execute(text('select 1'))
print('sqlalchemy pooled: own cpu %.3f, wall %.3f, core0 %.3f'%((time.thread_time()-t0)/N*1e3,(time.time()-w0)/N*1e3,(pgcpu()-p0)*10/N))
for sql in ["select id, nom, prix from produits order by id limit 50","select id, nom, prix from produits where id = 1","select produit_id, sum(quantite) q from stock where magasin_id = 1 group by produit_id order by produit_id limit 20","select magasin_id, sum(montant) total, count(*) n from ventes group by magasin_id order by total desc limit 10"]:
    with e.connect() as c:
        for i in range(5): c.execute(text(sql)).fetchall()
        t0=time.thread_time(); p0=pgcpu(); M=500
        ls=[]
        for i in range(M):
            a=time.time(); c.execute(text(sql)).fetchall(); ls.append(time.time()-a)
        ls.sort()
        print('%-40s own %.3f wall med %.3f p95 %.3f core0 %.3f'%(sql[:40],(time.thread_time()-t0)/M*1e3,ls[M//2]*1e3,ls[int(M*.95)]*1e3,(pgcpu()-p0)*10/M))
# on a fresh connection, first query: parse/plan caches cold
ls=[]
sql="select magasin_id, sum(montant) total, count(*) n from ventes group by magasin_id order by total desc limit 10"
for i in range(100):
    c=psycopg2.connect(dsn); cur=c.cursor(); a=time.time(); cur.execute(sql); cur.fetchall(); ls.append(time.time()-a); c.close()
ls.sort(); print('rapport on a fresh connection',ls[50]*1e3)
