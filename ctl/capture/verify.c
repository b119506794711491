// SPDX-License-Identifier: LGPL-2.1-or-later
/* The proof: the engine is asked, about all that was seen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "capture.h"
#include "evaluate.h"
#include "flow.h"
#include "manifest.h"
#include "grow.h"
#include "names.h"
#include "output.h"

/* Behaviours that are shown if they are denied; one would do. */
#define SHOWN_MAX	8

/**
 * struct proof - a manifest, as a file, and workloads that it names
 * @directory: where they are written
 * @files: their names
 * @count: how many
 */
struct proof {
	char directory[32];
	char **files;
	size_t count;
};

static bool put_file(struct proof *proof, const char *text)
{
	char **added = memory_grow(&proof->files, &proof->count,
				   sizeof(*added));
	FILE *stream;
	bool good;

	*added = memory_format("%s/%zu.json", proof->directory,
			       proof->count - 1);
	stream = fopen(*added, "w");
	good = stream && fputs(text, stream) >= 0;
	if (stream)
		good &= !fclose(stream);
	if (!good)
		output_error("%s: cannot be written: %s", *added,
			     strerror(errno));
	return good;
}

/* Of a workload that peers are of, the engine has to know that it exists. */
static bool put_peer(struct proof *proof, const char *name)
{
	char *text = memory_format("{\"manifest\":1,\"workload\":\"%s\",\"members\":{\"any\":[\"exe:/nowhere/%s\"]},\"default\":\"allow\"}",
				   name, name);
	bool good = put_file(proof, text);

	free(text);
	return good;
}

static bool put_files(struct proof *proof, const struct capture *capture,
		      const char *text, const char *name)
{
	const char **peers = NULL, **added;
	size_t count = 0, i, k;
	bool good = put_file(proof, text);

	for (i = 0; good && i < capture->set.count; i++) {
		const char *peer = capture->set.items[i].peer;

		for (k = 0; peer && k < count && strcmp(peers[k], peer); k++)
			;
		if (!peer || k < count || !strcmp(peer, name))
			continue;
		added = memory_grow(&peers, &count, sizeof(*added));
		*added = peer;
		good = put_peer(proof, peer);
	}
	free(peers);
	return good;
}

static void remove_files(struct proof *proof)
{
	size_t i;

	for (i = 0; i < proof->count; i++) {
		unlink(proof->files[i]);
		free(proof->files[i]);
	}
	free(proof->files);
	rmdir(proof->directory);
}

/* What `explain` would be asked: see evaluation_net_check(). For free(). */
static char *object_of(const struct behaviour *behaviour)
{
	char *port, *peer, *object;

	switch (behaviour->kind) {
	case CORDON_OBJECT_PATH:
	case CORDON_OBJECT_SOCKET:
		return memory_copy(behaviour->object);
	case CORDON_OBJECT_ABSTRACT:
		return memory_format("abstract:%s",
				     admit_abstract(behaviour->object));
	case CORDON_OBJECT_UNNAMED:
		return memory_format("unix@workload:%s", behaviour->peer);
	case CORDON_OBJECT_PEER:
		port = flow_port(behaviour);
		if (behaviour->op == CORDON_OP_LISTEN)
			return port;
		peer = flow_peer(behaviour);
		object = memory_format("%s@%s", port, peer);
		free(peer);
		free(port);
		return object;
	default:
		return memory_copy(cordon_object_name(behaviour->kind));
	}
}

static bool is_allowed(const struct cordon_policy *policy, const char *name,
		       const struct behaviour *behaviour)
{
	char *object = object_of(behaviour);
	const struct evaluation_question question = {
		.workload = name,
		.exe = behaviour->program,
		.op = behaviour->op == CORDON_OP_ENTER ? CORDON_OP_EXEC :
							 behaviour->op,
		.object = object,
		.uid = behaviour->uid < 0 ? CORDON_NONE : (u32)behaviour->uid,
	};
	struct evaluation evaluation;
	bool allowed;

	allowed = evaluate(policy, &question, &evaluation) &&
		  (evaluation.verdict.action == CORDON_ACTION_ALLOW ||
		   /* What runs a script needs no entry: the script has one. */
		   (behaviour->interpreter &&
		    evaluation.verdict.reason == CORDON_REASON_NO_ENTRY));
	free(object);
	return allowed;
}

static size_t ask(const struct capture *capture,
		  const struct cordon_policy *policy, const char *name)
{
	size_t denied = 0, i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (!capture->taken[i] || is_allowed(policy, name, behaviour))
			continue;
		if (denied++ < SHOWN_MAX)
			output_error("the manifest would deny what it was made of: %s %s %s",
				     behaviour->program,
				     cordon_op_name(behaviour->op),
				     behaviour->object);
	}
	return denied;
}

/* As if all were enforced: monitor would let everything pass. */
static void enforce(const struct manifest_set *set)
{
	size_t i, class;

	for (i = 0; i < set->count; i++)
		for (class = 0; class < CORDON_CLASS_KERNEL; class++)
			set->drafts[i]->mode[class] = CORDON_MODE_ENFORCE;
}

static int prove(const struct proof *proof, const struct capture *capture,
		 const char *name)
{
	const struct manifest_options options = { .foreign = true };
	struct cordon_policy *policy = NULL;
	struct manifest_set set = { 0 };
	struct report report;
	size_t denied = 0;

	report_init(&report);
	if (!manifest_set_read(&set, (const char *const *)proof->files,
			       proof->count, &options, &report)) {
		enforce(&set);
		policy = manifest_set_compile(&set, false, &report);
	}
	if (policy)
		denied = ask(capture, policy, name);
	else
		report_print(&report, stderr);
	if (!policy || denied)
		output_error("this is a fault of cordonctl, not of what was seen; nothing is written (--exact may do)");
	free(policy);
	manifest_set_free(&set);
	report_free(&report);
	return policy && !denied ? 0 : -1;
}

int capture_verify(const struct capture *capture, const char *text)
{
	struct proof proof = { .directory = "/tmp/cordon-capture-XXXXXX" };
	json_t *document = json_loads(text, 0, NULL);
	const char *name =
		json_string_value(json_object_get(document, "workload"));
	int result = -1;

	if (!mkdtemp(proof.directory)) {
		output_error("%s: cannot be made: %s", proof.directory,
			     strerror(errno));
		json_decref(document);
		return -1;
	}
	if (put_files(&proof, capture, text, name))
		result = prove(&proof, capture, name);
	remove_files(&proof);
	json_decref(document);
	return result;
}
