/** libvips and libtiff use the machine's byte order. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Reduces 16-bit samples to 8 bits, as libvips does for a JPEG. Overwrites the beginning of the
 * same memory.
 */
export function highBytes(samples: Uint8Array): Uint8Array {
  const count = samples.length / 2;
  for (let i = 0; i < count; i++) samples[i] = samples[i * 2 + HIGH] ?? 0;
  return samples.subarray(0, count);
}
