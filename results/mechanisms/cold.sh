#!/bin/bash
# CPU per request of one instance without a quota, at 2 to 200 requests a second: what a request costs after idling.
: "${LAB:?}" "${HERE:?the folder of the lab}"; cd $HERE; export POOL_SIZE=5 MAX_OVERFLOW=10 CPU_MS=10 DB_MS=8 SHOP_CPU_MS=3
bash lab.sh up 1 -1; bash lab.sh nginx $PWD/nginx/rr-1.conf; sleep 1
PID=$(pgrep -f 'uvicorn shop:app' | head -1)
cpu() { python3 -c "import time;print(time.clock_gettime((~$PID)<<3|2))"; }
for i in $(seq 1 30); do curl -fs 127.0.0.1:8081/cpu >/dev/null; curl -fs 127.0.0.1:8081/api/produits >/dev/null;  curl -fs 127.0.0.1:8081/shop >/dev/null; done
for round in 1 2; do
for p in /shop /api/produits; do for r in 2 5 10 20 40 80 120 160 200; do
 a=$(cpu); sh -c 'echo $$ > /sys/fs/cgroup/cpu/lab_core/tasks; exec taskset -c 0 "$@"' sh $LAB/bin/k6 run --quiet -e RATE=$r -e DURATION=8s -e PATH_=$p --summary-export $LAB/cold.json k6/open.js >/dev/null 2>&1; b=$(cpu)
 python3 -c "
import json;m=json.load(open('$LAB/cold.json'))['metrics'];n=m['http_reqs']['count'];d=m['http_req_duration']
print('$round $p $r n',n,'cpu/req ms',round(($b-$a)*1000/n,3),'med',round(d['med'],2),'avg',round(d['avg'],2),'p95',round(d['p(95)'],2),flush=True)"
done; done; done
bash lab.sh down
