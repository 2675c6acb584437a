/** The memory that the kernel lets this process use before it kills it. */
import { totalmem } from 'node:os';

/**
 * The limit of the control group, in bytes: `memory.max` of version 2, `memory.limit_in_bytes` of version 1. Absent where there is none,
 * which version 1 shows as a number beyond the memory of the machine.
 */
export function readContainerMemory(
  constrainedBytes = process.constrainedMemory(),
  machineBytes = totalmem(),
): number | undefined {
  return constrainedBytes > 0 && constrainedBytes < machineBytes ? constrainedBytes : undefined;
}
