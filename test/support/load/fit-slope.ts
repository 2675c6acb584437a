/** By how much something grows for each unit of time: the slope of the straight line that fits best. */

/** Of points (x, y), by least squares; nothing where fewer than two places of x have a point. */
export function fitSlope(points: readonly (readonly [number, number])[]): number | undefined {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (count === 0 || spread === 0) return undefined;
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
