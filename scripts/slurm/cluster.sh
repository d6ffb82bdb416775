#!/usr/bin/env bash
# The inner part of scripts/slurm-check.sh, in the root that has Slurm: starts a
# cluster of two nodes, and has a user run deploy/slurm/ there.
set -euo pipefail

say() { echo "slurm-check: $*" >&2; }
trap '[ $? = 0 ] || tail -n 20 /var/log/slurm/*.log >&2' EXIT

cat >/etc/hosts <<-'HOSTS'
	127.0.0.1 localhost head one two
HOSTS
cat >/etc/slurm/slurm.conf <<-'CONF'
	ClusterName=check
	SlurmctldHost=head(127.0.0.1)
	SlurmUser=slurm
	AuthType=auth/munge
	AuthInfo=cred_expire=5
	StateSaveLocation=/var/spool/slurm/state
	SlurmdSpoolDir=/var/spool/slurm/%n
	SlurmctldPidFile=/run/slurmctld.pid
	SlurmdPidFile=/run/slurmd-%n.pid
	SlurmctldLogFile=/var/log/slurm/slurmctld.log
	SlurmdLogFile=/var/log/slurm/%n.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_Core_Memory
	SlurmdParameters=config_overrides
	ReturnToService=2
	KillWait=10
	GresTypes=gpu
	NodeName=one NodeHostname=head NodeAddr=127.0.0.1 Port=17001 CPUs=32 RealMemory=200000 Gres=gpu:4
	NodeName=two NodeHostname=head NodeAddr=127.0.0.1 Port=17002 CPUs=32 RealMemory=200000 Gres=gpu:4
	PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
CONF
for device in null zero full random; do echo "NodeName=one,two Name=gpu File=/dev/$device"; done >/etc/slurm/gres.conf
rm -rf /var/spool/slurm /var/log/slurm
mkdir -p /var/spool/slurm/{state,one,two} /var/log/slurm /run/munge
chown -R slurm: /var/spool/slurm/state /var/log/slurm
chown munge: /run/munge
runuser -u munge -- munged
slurmctld
slurmd -N one
slurmd -N two
id user >/dev/null 2>&1 || useradd --create-home --shell /bin/bash user
chown user: /srv/check
for _ in {1..60}; do
	[ "$(sinfo --noheader --format %D --states idle 2>/dev/null)" != 2 ] || break
	sleep .5
done
sinfo --long --Node >&2
runuser -u user -- env HOME=/home/user PATH="$PYTHON/bin:$PATH" LIBTORCH="$LIBTORCH" bash /srv/toolkit/scripts/slurm/jobs.sh || {
	tail -n 20 /var/log/slurm/*.log >&2
	exit 1
}
