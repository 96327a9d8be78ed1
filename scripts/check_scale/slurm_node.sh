#!/usr/bin/env bash
# Starts Slurm on one node inside name spaces of its own, and runs a command there.
#
#   slurm_node.sh DIRECTORY COMMAND [ARGUMENT..]
#
# slurmctld, slurmd and munged of Debian, with configuration, key and logs in DIRECTORY; no systemd, nothing outside
# changes, and everything ends with the command. Two partitions: jobs of `high` preempt those of `low` (the default),
# which are sent SIGTERM and are requeued. Needs root.
set -euo pipefail

directory=$(realpath -- "$1")
shift
if [ -z "${SLURM_NODE:-}" ]; then
    SLURM_NODE=1 exec unshare --net --uts --mount --pid --fork --mount-proc --kill-child "$0" "$directory" "$@"
fi

# 10.9.9.1 is on the loopback device: libc resolves no name as long as 127.0.0.1 is the only address.
mkdir -p "$directory/state" "$directory/spool"
ip link set lo up
ip address add 10.9.9.1/32 dev lo
hostname node1
printf '127.0.0.1 localhost\n10.9.9.1 node1\n' > "$directory/hosts"
mount --bind "$directory/hosts" /etc/hosts

head -c 1024 /dev/urandom > "$directory/munge.key"
chmod 400 "$directory/munge.key"
munged --force --key-file="$directory/munge.key" --socket="$directory/munge.socket" --pid-file="$directory/munge.pid" \
    --seed-file="$directory/munge.seed" --log-file="$directory/munge.log" 2> "$directory/munged.err"

# cred_expire is also how long a requeued job waits before it may start again.
cat > "$directory/slurm.conf" <<CONF
ClusterName=check
SlurmctldHost=node1(10.9.9.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$directory/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd.pid
SlurmctldLogFile=$directory/slurmctld.log
SlurmdLogFile=$directory/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=30
MinJobAge=3600
NodeName=node1 NodeAddr=10.9.9.1 CPUs=2 RealMemory=8192 State=UNKNOWN
PartitionName=low Nodes=node1 Default=YES PriorityTier=1 State=UP
PartitionName=high Nodes=node1 PriorityTier=2 PreemptMode=OFF State=UP
CONF
echo 'CgroupPlugin=cgroup/v1' > "$directory/cgroup.conf"
export SLURM_CONF=$directory/slurm.conf
slurmctld -D > "$directory/slurmctld.out" 2>&1 &
slurmd -D -N node1 > "$directory/slurmd.out" 2>&1 &
for _ in $(seq 150); do
    if sinfo --noheader --format=%t 2> "$directory/sinfo.err" | grep -q idle; then
        "$@"
        exit
    fi
    sleep 0.2
done
tail -n 5 "$directory"/slurmctld.out "$directory"/slurmd.out >&2 || true
echo "Slurm did not start, see $directory" >&2
exit 2
