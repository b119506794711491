# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Learning: nothing is denied, everything is recorded once and counted rightly, nothing is lost without
# a word; what was there before; explicit denials; drops; what outlives what.

# behaviours EXPRESSION: about the list of them, of $W.
W=learner
behaviours() { "$CTL" learn show $W --json | json "$1" stream; }

# learnt OP OBJECT KEY: of the one behaviour that is it, whoever did it; "none", or "several".
learnt()
{
	behaviours "(lambda b: str(b[0][\"$3\"]).lower() if len(b) == 1 else ['none', 'several'][len(b) > 1])([x for x in d if x['op'] == '$1' and x['object'] == '$2' and x['program'] == '${PROGRAM:-$YARD/bin/member}'])"
}

learning() { "$CTL" learn status $W --json | json "[w for w in d if w['workload'] == '$W'][0]$1"; }

yard_build
mkfifo /run/ready
module_load || give_up 'the module does not load'

# --- what was there before ---------------------------------------------------------

# A program of its own: this script uses python too.
interpreter=$(readlink -f "$(command -v python3)")
python=$YARD/bin/holder
cp "$interpreter" $python
$python - <<'END' &
import os, signal, socket, sys
kept = open("/yard/spool/kept", "w+")
read = open("/yard/open/file")
listener = socket.create_server(("127.0.0.1", 7001))
client = socket.create_connection(("127.0.0.1", 7001))
accepted, _ = listener.accept()
bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bound.bind(("127.0.0.1", 7002))
open("/run/ready", "w").write("ready\n")
signal.pause()
END
HOLDER=$!
read -r _ </run/ready
check 'learning begins with nothing but a selector' "$CTL" learn start "exe:$python" --name held
W=held PROGRAM=$python
check_equal 'the process is a member' held "$(workload_of $HOLDER)"
check_equal 'held: a file open for reading' true "$(learnt read /yard/open/file held)"
check_equal 'held: a file open for writing' true "$(learnt write /yard/spool/kept held)"
check_equal 'held: nobody has done it' 0 "$(learnt write /yard/spool/kept count)"
check_equal 'held: what is open for writing alone is not read' none "$(learnt read /yard/spool/nothing held)"
check_equal 'held: the libraries' true "$(behaviours 'any(b["op"] == "load" and b["held"] and "/libc.so" in b["object"] for b in d)')"
check_equal 'held: its own executable needs no rule' none "$(learnt load "$python" held)"
check_equal 'held: a listener' true "$(learnt listen tcp/7001 held)"
check_equal 'held: a socket that waits for datagrams' true "$(learnt listen udp/7002 held)"
check_equal 'held: what it is connected to' true "$(learnt connect tcp/7001@127.0.0.1 held)"
check_equal 'held: whom it has accepted' true "$(learnt accept tcp/7001@127.0.0.1 held)"
check_equal 'held: nothing else of the net' 4 "$(behaviours 'len([b for b in d if b["class"] == "net" and b["held"]])')"
check_equal 'held things are not new' 0 "$(learning '["new_last_hour"]')"
kill $HOLDER
wait $HOLDER 2>/dev/null
check 'what is held is cleared' "$CTL" learn clear held
check_status 'there is no more of it' 10 "$CTL" learn clear held
check 'the workload is unloaded like any' "$CTL" unload held
check_equal 'the table is given back' None "$("$CTL" status --json | json 'd.get("behaviours_max")')"
unset PROGRAM
W=learner

# --- what is done -------------------------------------------------------------------

check 'learning begins' "$CTL" learn start exe:$YARD/bin/member --name learner
check_status 'twice is once too often' 2 "$CTL" learn start exe:$YARD/bin/tool --name learner
check_match 'who learns already is told of with its workload' $'(^|\n)cordonctl: workload "again" is the other one' \
	"$("$CTL" learn start exe:$YARD/bin/member --name again 2>&1)"
check_equal 'status knows that it learns' 'exec load file net' "$(learning '["learns"]' | tr -d "[],'")"

act_allowed 'a file is read' read $YARD/secret/file
check_equal 'that is learnt' learned "$(learnt read $YARD/secret/file result)"
check_equal 'once' 1 "$(learnt read $YARD/secret/file count)"
act_allowed 'again' read $YARD/secret/file
act_allowed 'and again' read $YARD/secret/file
check_equal 'it is one behaviour, three times' 3 "$(learnt read $YARD/secret/file count)"
check_equal 'it has no entry' true "$(learnt read $YARD/secret/file unlisted)"
check_equal 'it is of this user' 0 "$(learnt read $YARD/secret/file uid)"
check_equal 'it was not held' false "$(learnt read $YARD/secret/file held)"
check_equal 'its class' file "$(learnt read $YARD/secret/file class)"
check_equal 'its times' true "$(behaviours 'all(b["first"] <= b["last"] for b in d)')"
act_allowed 'a file is written' write $YARD/spool/file
check_equal 'that is learnt' learned "$(learnt write $YARD/spool/file result)"
act_allowed 'memory is made executable' map-anonymous
check_equal 'that is learnt' learned "$(learnt load anon:memory result)"
act_allowed 'a stranger is executed' exec $YARD/bin/stranger read $YARD/secret/other
check_equal 'that is learnt' learned "$(learnt exec $YARD/bin/stranger result)"
check_equal 'and it stays a member, whom one learns from' learned "$(PROGRAM=$YARD/bin/stranger learnt read $YARD/secret/other result)"
act_allowed 'a packet socket is made' socket 17 3 0
check_equal 'that is learnt' learned "$(learnt socket packet/raw/0 result)"
check_equal 'nobody was denied anything' 0 "$(status_field denied)"
check_equal 'what a manifest can say is no departure' 0 "$(status_field would_deny)"

# What no manifest can allow passes, as in mode monitor, and is told.
act_allowed 'something is mounted' in-mountns in-tmpfs $YARD/spool/empty pass
check_equal 'that is no rule to be learnt' true "$(behaviours 'any(b["reason"] == "mount" and b["result"] == "would-deny" for b in d)')"
check_equal 'and is told' true "$([ "$(status_field would_deny)" -gt 0 ] && echo true)"

# The outsider is nobody's.
"$YARD/bin/outsider" read $YARD/secret/file
check_equal 'who is no member is not learnt from' 3 "$(learnt read $YARD/secret/file count)"

# --- a new behaviour is one event, a known one is none --------------------------------

since=$(($(status_field events) + 1))
for _ in 1 2 3; do $YARD/bin/member read $YARD/open/other; done
told=$("$CTL" monitor --all --json --since $since --count 1000 --timeout 1 | json '" ".join(" ".join(e[k] for k in ("type", "action", "class", "op", "object")) for e in d if e["type"] == "behaviour")' stream)
check_equal 'what is new is told once, what is known is not' "behaviour learn file read $YARD/open/other" "$told"

# --- counting on all processors --------------------------------------------------------

for n in 1 2 3 4; do
	$YARD/bin/member hammer read $YARD/open/folder/file >/run/hammer.$n &
done
HAMMERS=$(jobs -p)
sleep 3 # the time is what is tried here
kill -TERM $HAMMERS 2>/dev/null
wait
done_all=$(cat /run/hammer.? | sed -n 's/^done=\([0-9]*\) denied=0 failed=0.*/\1/p' | paste -sd+ | bc)
check_equal 'what all processors did at once is all counted' "$done_all" "$(learnt read $YARD/open/folder/file count)"
check_equal 'none of it was dropped' 0 "$(learning '["dropped"]["file"]')"

# --- flows --------------------------------------------------------------------------------

python3 - <<'END' &
import socket, threading
server = socket.create_server(("127.0.0.1", 7003))
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.bind(("127.0.0.1", 7004))
open("/run/ready", "w").write("ready\n")
def echo():
    while True:
        data, peer = datagram.recvfrom(100)
        datagram.sendto(data, peer)
threading.Thread(target=echo, daemon=True).start()
while True:
    connection, _ = server.accept()
    connection.sendall(b"hello")
    connection.close()
END
ECHO=$!
read -r _ </run/ready
cp "$interpreter" $YARD/bin/dialler
check 'a workload that dials' "$CTL" learn start exe:$YARD/bin/dialler --name dialler
$YARD/bin/dialler - <<'END'
import socket
for _ in range(20):
    connection = socket.create_connection(("127.0.0.1", 7003))
    connection.recv(100)
    connection.close()
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.settimeout(5)
    datagram.sendto(b"hello", ("127.0.0.1", 7004))
    datagram.recvfrom(100)
    datagram.close()
END
W=dialler PROGRAM=$YARD/bin/dialler
check_equal 'flows: twenty from twenty ports are one' learned "$(learnt connect tcp/7003@127.0.0.1 result)"
check_equal 'flows: its port is the other end'"'"'s' 7003 "$(learnt connect tcp/7003@127.0.0.1 remote.port 2>/dev/null || behaviours '[b for b in d if b["object"] == "tcp/7003@127.0.0.1"][0]["remote"]["port"]')"
check_equal 'flows: a datagram and its answer are one' learned "$(learnt connect udp/7004@127.0.0.1 result)"
check_equal 'flows: nothing else' 2 "$(behaviours 'len([b for b in d if b["class"] == "net"])')"
kill $ECHO
wait $ECHO 2>/dev/null
cp "$interpreter" $YARD/bin/server
check 'a workload that serves' "$CTL" learn start exe:$YARD/bin/server --name server
$YARD/bin/server - <<'END' &
import socket
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.bind(("127.0.0.1", 7005))
server = socket.create_server(("127.0.0.1", 7006))
open("/run/ready", "w").write("ready\n")
for _ in range(20):
    data, peer = datagram.recvfrom(100)
    datagram.sendto(data, peer)
    connection, _ = server.accept()
    connection.sendall(b"hello")
    connection.close()
END
read -r _ </run/ready
python3 - <<'END'
import socket
for _ in range(20):
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.settimeout(5)
    datagram.sendto(b"hello", ("127.0.0.1", 7005))
    datagram.recvfrom(100)
    connection = socket.create_connection(("127.0.0.1", 7006))
    connection.recv(100)
    connection.close()
END
wait
W=server PROGRAM=$YARD/bin/server
check_equal 'server: it listens' learned "$(learnt listen tcp/7006 result)"
check_equal 'server: it accepts' learned "$(learnt accept tcp/7006@127.0.0.1 result)"
check_equal 'server: it waits for datagrams' learned "$(learnt listen udp/7005 result)"
check_equal 'server: it accepts them' learned "$(learnt accept udp/7005@127.0.0.1 result)"
check_equal 'server: its answers are no connections' 4 "$(behaviours 'len([b for b in d if b["class"] == "net"])')"
unset PROGRAM
W=learner

# --- what outlives what -----------------------------------------------------------------------

check 'learning stops' "$CTL" learn stop learner
check_status 'once' 10 "$CTL" learn stop learner
act_allowed 'stopped: it is allowed as before' read $YARD/secret/file
check_equal 'stopped: and is a departure from here on' would-deny "$("$CTL" monitor --json --since 1 --count 100000 --timeout 1 | json '[e for e in d if e["object"] == "/yard/secret/file"][-1]["action"]' stream)"
check_equal 'stopped: what was learnt stays' 3 "$(behaviours '[b["count"] for b in d if b["object"] == "/yard/secret/file" and b["result"] == "learned"][0]')"
check 'it goes on by name' "$CTL" learn start learner
act_allowed 'going on' read $YARD/secret/file
check_equal 'going on: the count too' 4 "$(behaviours '[b["count"] for b in d if b["object"] == "/yard/secret/file" and b["result"] == "learned"][0]')"
check 'a rollback ends it' "$CTL" rollback
check_equal 'what was learnt survives that' 4 "$(behaviours '[b["count"] for b in d if b["object"] == "/yard/secret/file" and b["result"] == "learned"][0]')"
check 'it is unloaded' "$CTL" unload learner
check_equal 'what was learnt survives that, too' 4 "$(behaviours '[b["count"] for b in d if b["object"] == "/yard/secret/file" and b["result"] == "learned"][0]')"
check 'it is cleared' "$CTL" learn clear learner
check_equal 'nothing of it is left' 0 "$(behaviours 'len(d)')"
"$CTL" unload dialler >/dev/null
"$CTL" unload server >/dev/null
"$CTL" learn clear dialler
"$CTL" learn clear server

# --- a manifest that has rules --------------------------------------------------------------------

cat >/run/rules.json <<'END'
{ "manifest": 1, "workload": "ruled", "members": { "any": [ "exe:/yard/bin/member" ] }, "default": "deny",
  "mode": { "exec": "learn", "load": "enforce", "file": "learn", "net": "learn" },
  "programs": [ { "exe": "/yard/bin/member", "read": [ "/yard/open/**" ],
      "deny": [ { "read": [ "/yard/secret/**" ] } ] } ] }
END
check 'a manifest in mode learn is loaded' "$CTL" load /run/rules.json
W=ruled
act_denied 'ruled: what a rule denies is denied while one learns' read $YARD/secret/file
check_equal 'ruled: and recorded' denied "$(learnt read $YARD/secret/file result)"
check_equal 'ruled: with the rule' '/yard/secret/**' "$(behaviours '[b for b in d if b["result"] == "denied"][0]["rule"]["text"]')"
act_allowed 'ruled: what a rule allows is' read $YARD/open/file
check_equal 'ruled: and nothing to be learnt' none "$(learnt read $YARD/open/file result)"
act_allowed 'ruled: what no rule speaks of is allowed' read $YARD/spool/file
check_equal 'ruled: and learnt' learned "$(learnt read $YARD/spool/file result)"
check_equal 'ruled: its program has an entry' false "$(learnt read $YARD/spool/file unlisted)"
act_denied 'ruled: a class that is enforced is' map-anonymous
check_equal 'ruled: and what it denies is recorded beside' denied "$(learnt load anon:memory result)"
check 'a class is switched by hand' "$CTL" mode ruled load=learn
act_allowed 'switched: it is allowed' map-anonymous
check_equal 'switched: and learnt' true "$(behaviours 'any(b["op"] == "load" and b["result"] == "learned" for b in d)')"
"$CTL" unload ruled >/dev/null
"$CTL" learn clear ruled

# --- no room ------------------------------------------------------------------------------------------

module_unload || give_up 'the module does not unload'
check_status 'a table of no size is refused' 1 module_load behaviours=100
module_load behaviours=64 || give_up 'the module does not load with a small table'
W=learner
"$CTL" learn start exe:$YARD/bin/member --name learner >/dev/null
check_status 'there is room: status says nothing' 0 "$CTL" learn status learner
before=$(learning '["behaviours"]')
for n in $(seq 200); do : >$YARD/open/many$n; done
for n in $(seq 200); do $YARD/bin/member read $YARD/open/many$n; done
check_equal 'no room: four fifths are one workload'"'"'s' 52 "$(learning '["behaviours"]')"
check_equal 'no room: each of the others was counted' $((200 - (52 - before))) "$(learning '["dropped"]["file"]')"
check_status 'no room: status says so, and fails' 12 "$CTL" learn status learner
check_equal 'no room: since when' true "$(learning '["full"] is not None')"
check_equal 'no room: nobody was denied anything' 0 "$(status_field denied)"
"$CTL" learn start exe:$YARD/bin/tool --name other >/dev/null
$YARD/bin/tool read $YARD/open/file
W=other
check_equal 'no room: there is some for others' true "$([ "$(learning '["behaviours"]')" -gt 0 ] && echo true)"
check 'cleared, there is room again' "$CTL" learn clear learner
W=learner
$YARD/bin/member read $YARD/open/many1
check_equal 'cleared: it is learnt anew' 1 "$(learnt read $YARD/open/many1 count)"

# --- the module goes while one learns ---------------------------------------------------------------------

for n in 1 2; do $YARD/bin/member hammer read $YARD/open/folder/file >/dev/null & done
HAMMERS=$(jobs -p)
check 'it goes while one learns' module_unload
kill -TERM $HAMMERS 2>/dev/null
wait
