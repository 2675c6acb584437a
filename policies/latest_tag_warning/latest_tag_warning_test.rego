package holdfast.policies.latest_tag_warning_test

import data.holdfast.policies.latest_tag_warning

warned(image) := findings if {
	findings := latest_tag_warning.warn with input as {"request": {"object": {"spec": {"containers": [{"name": "app", "image": image}]}}}}
}

test_images_that_change if {
	every image in ["nginx", "nginx:latest", "registry.local:5000/nginx", "registry.local/a/nginx:latest"] {
		count(warned(image)) == 1
	}
}

test_images_that_stay if {
	every image in ["nginx:1.27", "registry.local:5000/nginx:1", "nginx@sha256:0", "nginx:latest@sha256:0"] {
		warned(image) == set()
	}
}

test_the_whole_finding if {
	warned("nginx") == {{
		"code": "image_tag_latest",
		"message": `Container "app" runs the image nginx, which is another program tomorrow.`,
		"path": "spec.containers[app].image",
		"remedy": "Name a version or, better, a digest.",
	}}
}

test_every_list_of_containers if {
	containers := [{"name": "c", "image": "x:latest"}]
	every list in ["containers", "initContainers", "ephemeralContainers"] {
		findings := latest_tag_warning.warn with input as {"request": {"object": {"spec": {list: containers}}}}
		count(findings) == 1
	}
}
