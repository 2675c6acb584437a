# How controllers know what they made: owner references, and the labels by which they select.
package holdfast.lib.children

# Whether a controller has made this state of an object, by its owner references.
is_controlled(state) if {
	some owner in state.metadata.ownerReferences
	owner.controller == true
}

# Whether an update takes a child from its controller, gives it to one, or decides which of its kind are deleted first.
# By the objects themselves: a list of changes names a map that came or went as a whole.
moves(request, _) if owners(request.object) != owners(request.oldObject)

moves(request, object_fact) if {
	some key in changed_labels(request)
	selects(key, request, object_fact)
}

moves(request, _) if {
	key := "controller.kubernetes.io/pod-deletion-cost"
	annotation(request.object, key) != annotation(request.oldObject, key)
}

# The finalizers of Jobs keep their pods until they are counted.
moves(request, _) if counted(request.object) != counted(request.oldObject)

owners(state) := {[reference.uid, object.get(reference, "controller", false)] | some reference in state.metadata.ownerReferences}

annotation(state, key) := object.get(state, ["metadata", "annotations", key], "")

counted(state) := {name |
	some name in state.metadata.finalizers
	startswith(name, "batch.kubernetes.io/")
}

# Each key once, so that a hundred thousand labels take no longer than that.
changed_labels(request) := (object.keys(before) | object.keys(after)) - same if {
	before := labels(request.oldObject)
	after := labels(request.object)
	same := {key | some key, value in before; after[key] == value}
}

labels(state) := found if {
	found := state.metadata.labels
	is_object(found)
} else := {}

# Labels that the controllers of Kubernetes write themselves.
selects(key, _, _) if {
	key in {
		"apps.kubernetes.io/pod-index",
		"controller-revision-hash",
		"controller-uid",
		"job-name",
		"pod-template-generation",
		"pod-template-hash",
	}
}

selects(key, _, _) if startswith(key, "batch.kubernetes.io/")

selects(key, _, _) if startswith(key, "statefulset.kubernetes.io/")

selects(key, _, object_fact) if key in object_fact.root.value.selectorKeys

# Where the selector is not known, any label may be in it that was there before. One that is added releases nothing.
selects(key, request, object_fact) if {
	not object_fact.root.value.selectorKeys
	object.get(labels(request.oldObject), key, null) != null
}
