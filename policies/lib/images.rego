# What policies about images share. Only what an object did not name before counts: a stored object with an old image must stay
# editable, or its finalizers never come off.
package holdfast.lib.images

readable contains image if {
	some image in input.facts.images
	image.isNew
	image.status == "parsed"
}

unreadable contains image if {
	some image in input.facts.images
	image.isNew
	image.status != "parsed"
}

# In its one form: nginx is docker.io/library/nginx.
place(image) := $"{image.registry}/{image.repository}"
