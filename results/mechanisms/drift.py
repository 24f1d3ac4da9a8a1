"""How much the CPU of a request, beyond what it burns by its own clock, wanders within a run: standard deviation and covariances of windows of 5 s."""
import json,gzip,math
def load(run,name): return json.load(gzip.open(f'results/measured/{run}/prom-{name}.json.gz'))['data']['result']
runs={'n1-open30-b':(10.02,0,60),'n1-open40-b':(10.02,0,60),'n1-open46-a':(10.02,0,60),'n1-open46-b':(10.02,0,60),'n1-open60-b':(10.02,5,65),'n1-steady-a':(10.02,5,60),'n1-steady-b':(10.02,5,60),'pool-15-b':(0,0,60),'n1-shop-stress-a':(3,20,120),'n1-shop-stress-b':(3,20,120),'n1-stress1000-a':(0,65,120),'n1-stress1000-b':(0,65,120),'n1-stock-b':(0,30,60)}
S=[];A=[]
for run,(burn,a,b) in runs.items():
    case=json.load(open(f'results/measured/{run}/case.json')); s0=case['start']
    c={t-s0:float(v) for s in load(run,'cpu') if s['metric']['instance']=='127.0.0.1:8001' for t,v in s['values']}
    r={}
    for s in load(run,'requests'):
        if s['metric']['instance']!='127.0.0.1:8001' or s['metric'].get('handler') in ('/metrics','/health'): continue
        for t,v in s['values']: r[t-s0]=r.get(t-s0,0)+float(v)
    ts=[t for t in sorted(c) if a<=t<=b]
    x=[];nz=[]
    for p,q in zip(ts,ts[1:]):
        n=r.get(q,0)-r.get(p,0)
        if n<20: continue
        x.append(((c[q]-c[p])*1000/n-burn)); nz.append(10/math.sqrt(6)/n) # ticks of 10 ms at both ends: sd 10/sqrt(6)
    m=sum(x)/len(x); y=[v/m-1 for v in x]
    var=sum(v*v for v in y)/(len(y)-1)-sum((z/m)**2 for z in nz)/len(nz)
    ac=sum(p*q for p,q in zip(y,y[1:]))/(len(y)-1)
    ac2=sum(p*q for p,q in zip(y,y[2:]))/max(1,len(y)-2)
    ac4=sum(p*q for p,q in zip(y,y[4:]))/max(1,len(y)-4)
    S.append((var,len(y)));A.append((ac,ac2,ac4,len(y)))
    print(f"{run:18s} overhead {m:.2f} ms, n {len(y)} sd (less rounding) {math.copysign(math.sqrt(abs(var)),var)*100:.0f}% cov lag 5s {ac*1e4:.0f} 10 s {ac2*1e4:.0f} 20 s {ac4*1e4:.0f} (1e-4)")
W=sum(n for _,n in S)
print('pooled sd',math.sqrt(sum(v*n for v,n in S)/W),'cov5',sum(a*n for a,_,_,n in A)/W,'cov10',sum(a*n for _,a,_,n in A)/W,'cov20',sum(a*n for _,_,a,n in A)/W)
