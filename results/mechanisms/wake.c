/* wake HOGS REMOTE EVERY_MS BURN_MS: how long a thread that sleeps and wakes waits for core 0 beside threads that compute without end. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sched.h>
#include <unistd.h>
#include <signal.h>
#include <sys/wait.h>
#include <sys/prctl.h>
static double now(){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec*1e3+t.tv_nsec/1e6;}
static int cmp(const void*a,const void*b){double x=*(double*)a-*(double*)b;return x<0?-1:x>0;}
static void pin(int c){cpu_set_t s;CPU_ZERO(&s);CPU_SET(c,&s);sched_setaffinity(0,sizeof s,&s);}
int main(int c,char**v){int hogs=atoi(v[1]);int remote=atoi(v[2]);double mean=atof(v[3]);double burn=atof(v[4]);
 prctl(PR_SET_TIMERSLACK,1);pid_t h[16];
 for(int i=0;i<hogs;i++) if((h[i]=fork())==0){pin(0);for(;;);}
 int p[2];pipe(p);double L[20000];int k=0;
 if(remote){ if(fork()==0){pin(1);srand(7);for(int i=0;i<(burn>1?400:3000);i++){double w=mean*(0.2+1.6*(rand()/(double)RAND_MAX));double e=now()+w;while(now()<e);double t=now();write(p[1],&t,8);} double z=-1;write(p[1],&z,8);_exit(0);}
   pin(0);double t;while(read(p[0],&t,8)==8&&t>0){double n=now();L[k++]=n-t;while(now()-n<burn);} }
 else {pin(0);srand(7);for(int i=0;i<(burn>1?400:3000);i++){double w=mean*(0.2+1.6*(rand()/(double)RAND_MAX));struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);t.tv_nsec+=w*1e6;if(t.tv_nsec>=1000000000){t.tv_sec++;t.tv_nsec-=1000000000;}clock_nanosleep(CLOCK_MONOTONIC,TIMER_ABSTIME,&t,0);double n=now();L[k++]=n-(t.tv_sec*1e3+t.tv_nsec/1e6);while(now()-n<burn);}}
 for(int i=0;i<hogs;i++)kill(h[i],9);
 qsort(L,k,sizeof(double),cmp);double s=0;int over=0;for(int i=0;i<k;i++){s+=L[i];over+=L[i]>0.2;}
 printf("hogs %d remote %d every %.2f burn %.2f: mean %.2f p25 %.2f p50 %.2f p75 %.2f p90 %.2f max %.2f; over .2: %.0f%%\n",hogs,remote,mean,burn,s/k,L[k/4],L[k/2],L[3*k/4],L[9*k/10],L[k-1],100.*over/k);}
