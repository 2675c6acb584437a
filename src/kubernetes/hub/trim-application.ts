/** An Application without what takes most of its room: managed fields, and the lists of its objects and of its past. */
import { isRecord } from '../../base/is-record.ts';
import type { KubernetesObject } from '../object.ts';

/** What operations and sources are read from stays as it is. */
export function trimApplication(application: KubernetesObject): KubernetesObject {
  const { metadata, ...rest } = application;
  const { managedFields: _managedFields, ...meta } = metadata ?? {};
  const status = rest['status'];
  if (!isRecord(status)) return { ...rest, metadata: meta };
  const { resources: _resources, history, operationState, ...lasting } = status;
  return {
    ...rest,
    metadata: meta,
    status: {
      ...lasting,
      // Only the latest deployment says whether an operation applied all.
      ...(history !== undefined && {
        history: Array.isArray(history) ? history.slice(-1) : history,
      }),
      ...(operationState !== undefined && { operationState: trimState(operationState) }),
    },
  };
}

function trimState(state: unknown): unknown {
  if (!isRecord(state)) return state;
  const { syncResult } = state;
  if (!isRecord(syncResult)) return state;
  const { resources: _resources, managedNamespaceMetadata: _metadata, ...result } = syncResult;
  return { ...state, syncResult: result };
}
