/** Makes of good JSON what nobody expects: for tests that compare two ways to read it. */

type Random = (bound: number) => number;

/** Values that end up in strange places. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1.5,
  1e300,
  2 ** 53,
  [],
  {},
  [[[[]]]],
  'größe "日本" \u{1f600} \u0000',
  'x'.repeat(300),
  { name: { name: ['name'] } },
];

/** The value with one to four changes: removed, replaced, repeated or moved members. */
export function damageValue(value: unknown, random: Random): unknown {
  let damaged = value;
  for (let changes = 1 + random(4); changes > 0; changes -= 1) damaged = change(damaged, random);
  return damaged;
}

/** The text with one to three bytes changed, removed or added, or with its end cut off. */
export function damageBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = [...bytes];
  for (let changes = 1 + random(3); changes > 0; changes -= 1) {
    const at = random(damaged.length + 1);
    const how = random(4);
    if (how === 0) damaged.splice(at);
    else damaged.splice(at, how === 1 ? 0 : 1, ...(how === 2 ? [] : [random(256)]));
  }
  return Uint8Array.from(damaged);
}

function change(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random(12) === 0) return strange(random);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 0) return [strange(random)];
    const at = random(items.length);
    if (random(6) === 0) return items.toSpliced(at, 1);
    if (random(6) === 0) return [...items, ...items.slice(at)];
    return items.with(at, change(items[at], random));
  }
  const entries = Object.entries(value);
  const at = random(entries.length + 1);
  const [key = 'added', item] = entries[at] ?? [];
  if (random(8) === 0) return Object.fromEntries(entries.toSpliced(at, 1));
  if (random(8) === 0) return Object.fromEntries([...entries, [String(strange(random)), item]]);
  return { ...value, [key]: change(item, random) };
}

function strange(random: Random): unknown {
  return STRANGE[random(STRANGE.length)];
}
