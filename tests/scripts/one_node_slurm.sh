#!/usr/bin/env bash
# A Slurm cluster of this machine alone, for tests: `up FOLDER [PORT]` starts it and `down FOLDER`
# stops it. It listens on the loopback interface at PORT and PORT + 1, and keeps its keys, sockets
# and logs in FOLDER, whose path must be short and without spaces. Its commands find it by
# SLURM_CONF=FOLDER/slurm.conf. Needs root, and the Debian packages slurm-wlm and munge.
set -euo pipefail

folder=$(realpath -m "$2")
host=$(hostname -s)
export SLURM_CONF=$folder/slurm.conf

# Until the command succeeds, for some seconds.
await() {
  local tries=$(($1 * 20))
  while ! "${@:2}" >/dev/null 2>&1; do
    ((tries-- > 0)) || { echo "one_node_slurm.sh: in vain: ${*:2}" >&2 && return 1; }
    sleep 0.05
  done
}

node_is_idle() { [[ $(sinfo -h -o %T) == idle ]]; }

write_configuration() {
  local port=$1 mebibytes
  mebibytes=$(awk '/MemTotal/ { print int($2 / 1280) }' /proc/meminfo)
  cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=30
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$mebibytes
PartitionName=all Nodes=$host Default=YES State=UP
END
}

up() {
  mkdir -p "$folder/state" "$folder/spool"
  chmod 755 "$folder"
  (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
  # --force: munged distrusts folders below /tmp.
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" \
    --seed-file="$folder/munge.seed" 2>>"$folder/munged.log"
  write_configuration "${1:-16817}"
  slurmctld
  await 20 scontrol ping
  slurmd -N "$host"
  await 30 node_is_idle
}

# Ends a daemon, if the process of its file is one.
stop() {
  local file=$folder/$1.pid pid
  [[ -s $file ]] || return 0
  pid=$(<"$file")
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1"* ]] || return 0
  kill "$pid"
  await 20 eval "! kill -0 $pid" || kill -9 "$pid"
}

case $1 in
  up) up "${@:3}" ;;
  down) stop slurmd && stop slurmctld && stop munged ;;
  *) echo "usage: one_node_slurm.sh up FOLDER [PORT] | down FOLDER" >&2 && exit 2 ;;
esac
