# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A web application in Python (gunicorn, flask, SQLite) is learnt, captured, and held to that; intruders fail
# Long: runs where it is named; of services redis is tried in short.

. tests/vm/lib-service.sh

SERVICE=notes
MEMBERS=(user:notes)
# Whoever uploads chooses the name.
DECISIONS=(--allow '/srv/notes/uploads/*')
# Of what Python is made of it reads much.
READABLE=80

packages_install python
useradd --system --home-dir /srv/notes notes
mkdir -p /srv/notes/templates /srv/notes/uploads /var/log/notes
cat >/srv/notes/notes.py <<-'EOT'
	import logging, os, sqlite3, tempfile
	from flask import Flask, render_template, request

	app = Flask(__name__)
	store = "/srv/notes/notes.db"

	def database():
	    connection = sqlite3.connect(store)
	    connection.execute("create table if not exists notes (id integer primary key, text text)")
	    return connection

	@app.get("/")
	def index():
	    with database() as db:
	        return render_template("index.html", notes=db.execute("select text from notes order by id").fetchall())

	@app.post("/")
	def add():
	    with database() as db:
	        db.execute("insert into notes (text) values (?)", [request.form["text"]])
	    return "added"

	@app.post("/file/<name>")
	def upload(name):
	    with tempfile.NamedTemporaryFile(dir="/srv/notes/uploads", delete=False) as file:
	        file.write(request.get_data())
	    os.rename(file.name, os.path.join("/srv/notes/uploads", os.path.basename(name)))
	    return "kept"

	@app.get("/file/<name>")
	def download(name):
	    with open(os.path.join("/srv/notes/uploads", os.path.basename(name)), "rb") as file:
	        return file.read()

	@app.get("/version")
	def version():
	    import platform, zoneinfo
	    return f"{platform.python_implementation()} {zoneinfo.ZoneInfo('UTC')}"
EOT
echo '{% for note in notes %}{{ note[0] }} {% endfor %}' >/srv/notes/templates/index.html
chown -R notes: /srv/notes/uploads /srv/notes /var/log/notes

page() { curl --silent --max-time 60 "http://127.0.0.1:8000$1" "${@:2}"; echo; }
gunicorn_runs() { [ "$(page /version)" = 'CPython UTC' ]; }

begin()
{
	rm -f /srv/notes/notes.db
	(
		cd /srv/notes || exit
		PYTHONDONTWRITEBYTECODE=1 exec setpriv --reuid notes --regid notes --init-groups gunicorn --workers 2 \
			--bind 127.0.0.1:8000 --pid /srv/notes/pid --access-logfile /var/log/notes/access.log notes:app
	) >/run/notes.said 2>&1 &
	server=$!
	await gunicorn_runs
}
intruded() { pgrep -P $server | head -n 1; }

load()
{
	local i
	for ((i = 0; i < 5 * LOAD; i++)); do page / --data "text=note-$1"; done
	page /
	page "/file/upload-$1" --data-binary "upload $1"
	page "/file/upload-$1"
	page /nowhere | grep -c 404
}

upkeep()
{
	mv /var/log/notes/access.log /var/log/notes/access.log.1
	kill -USR1 $server	# reopen logs
	await eval 'page /version; [ -s /var/log/notes/access.log ]'
	old=$(pgrep -P $server | tr '\n' ' ')
	kill -HUP $server	# reload
	await eval '[ "$(pgrep -P $server | tr "\n" " ")" != "$old" ] && gunicorn_runs'
}

quit() { kill -TERM $server; ended $server; }

service_prove
