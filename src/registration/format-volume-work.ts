/** Match conditions about what holds data: claims and volumes carry no mark, and a controller's name is no proof. */
import { allOf, anyOf, metadataField, not, operationIs, resourceIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { isKept } from './format-metadata-conditions.ts';

/**
 * An update that gives a claim or a volume an owner or takes one off, takes a finalizer off, binds a bound volume to another
 * claim, or changes what happens to its data. `managed_volumes` judges it. Binding what is free stays possible while we are
 * away: our own claim must be bound before we run.
 */
export function endangersVolume(): Cel {
  return allOf(
    operationIs('UPDATE'),
    resourceIs('', 'persistentvolumeclaims', 'persistentvolumes'),
    anyOf(
      not(isKept('ownerReferences')),
      `!${metadataField('oldObject', 'finalizers')}.all(name, name in ${metadataField('object', 'finalizers')})`,
      isOtherwise('persistentVolumeReclaimPolicy'),
      allOf('oldObject.?spec.?claimRef.?name.hasValue()', isReboundElsewhere()),
    ),
  );
}

/** A new volume of a node's own files: whoever claims it has the node, so nobody makes one without being asked about. */
export function isVolumeOfNode(): Cel {
  return allOf(
    operationIs('CREATE'),
    resourceIs('', 'persistentvolumes'),
    anyOf('object.?spec.?hostPath.hasValue()', 'object.?spec.?local.hasValue()'),
  );
}

function isOtherwise(field: string): Cel {
  return `oldObject.?spec.?${field} != object.?spec.?${field}`;
}

function isReboundElsewhere(): Cel {
  return anyOf(
    isOtherwise('claimRef.?namespace'),
    isOtherwise('claimRef.?name'),
    // A volume may be made for a claim by name, before there is one.
    allOf('oldObject.?spec.?claimRef.?uid.hasValue()', isOtherwise('claimRef.?uid')),
  );
}
