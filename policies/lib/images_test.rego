package holdfast.lib.images_test

import data.holdfast.lib.images
import data.holdfast.lib.samples_test as sample

sorted_by_what_is_new(images_fact) := result if {
	result := [images.readable, images.unreadable] with input as {"facts": {"images": images_fact}}
}

test_only_what_is_new_counts if {
	old := [object.union(image, {"isNew": false}) | some image in [sample.named_image, sample.unreadable_image]]
	sorted_by_what_is_new(array.concat(old, [sample.named_image, sample.unreadable_image])) == [{sample.named_image}, {sample.unreadable_image}]
	sorted_by_what_is_new(old) == [set(), set()]
}
