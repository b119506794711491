// SPDX-License-Identifier: LGPL-2.1-or-later
/* The proof: the engine is asked, about all that was seen. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "names.h"
#include "output.h"
#include "replay.h"

/* Behaviours that are shown if they are denied; one would do. */
#define SHOWN_MAX	8

static bool is_allowed(const struct replay *replay, const char *name,
		       const struct behaviour *behaviour)
{
	struct replay_answer answer;
	bool allowed;

	replay_ask(replay->policy, name, behaviour, &answer);
	allowed = answer.allowed;
	replay_answer_free(&answer);
	return allowed;
}

static size_t ask(const struct capture *capture, const struct replay *replay,
		  const char *name)
{
	size_t denied = 0, i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (!capture->taken[i] || is_allowed(replay, name, behaviour))
			continue;
		if (denied++ < SHOWN_MAX)
			output_error("the manifest would deny what it was made of: %s %s %s",
				     behaviour->program,
				     cordon_op_name(behaviour->op),
				     behaviour->object);
	}
	return denied;
}

static int prove(const struct capture *capture, const char *file,
		 const char *name)
{
	const struct replay_options options = {
		.reading = { .foreign = true },
		.peers = &capture->set,
	};
	struct replay replay;
	struct report report;
	size_t denied = 0;
	bool usable;

	report_init(&report);
	usable = !replay_open(&replay, &file, 1, &options, &report);
	if (usable)
		denied = ask(capture, &replay, name);
	else
		report_print(&report, stderr);
	if (!usable || denied)
		output_error("this is a fault of cordonctl, not of what was seen; nothing is written (--exact may do)");
	replay_close(&replay);
	report_free(&report);
	return usable && !denied ? 0 : -1;
}

static bool put_file(int descriptor, const char *text)
{
	FILE *stream = fdopen(descriptor, "w");
	bool good = stream && fputs(text, stream) >= 0;

	if (stream)
		good &= !fclose(stream);
	else
		close(descriptor);
	return good;
}

int capture_verify(const struct capture *capture, const char *text)
{
	char file[] = "/tmp/cordon-capture-XXXXXX.json";
	json_t *document = json_loads(text, 0, NULL);
	const char *name =
		json_string_value(json_object_get(document, "workload"));
	int descriptor = mkostemps(file, strlen(".json"), O_CLOEXEC);
	int result = -1;

	if (descriptor >= 0 && put_file(descriptor, text))
		result = prove(capture, file, name);
	else
		output_error("%s: cannot be written: %s", file,
			     strerror(errno));
	if (descriptor >= 0)
		unlink(file);
	json_decref(document);
	return result;
}
