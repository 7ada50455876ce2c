import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { dataBytes, type OpenData } from '../../../../../src/lib/convert/render/data-end.ts';
import { faxPages, scene } from '../../../../support/odd-tiffs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const [GROUP_3, GROUP_4, JPEG] = [3, 4, 7];

/** Where data end that others follow, and others stand before. */
async function endOf(data: Uint8Array, about: Pick<OpenData, 'compression'> & Partial<OpenData>) {
  const before = Buffer.alloc(9, 0xff);
  const path = await folder.write('data', Buffer.concat([before, data, Buffer.alloc(64, 0x5a)]));
  const file = await open(path);
  try {
    return await dataBytes(file, { start: 9, most: data.length + 64, reversed: false, ...about });
  } finally {
    await file.close();
  }
}

const bits = (text: string) => {
  const plain = text.replaceAll(' ', '');
  const whole = plain.padEnd(Math.ceil(plain.length / 8) * 8, '0');
  return Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
};
const reversed = (data: Uint8Array) =>
  data.map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
  );
const EOL = '000000000001';

describe('data end by their own code', () => {
  it('of Group 4, in both orders of bits', async () => {
    for (const [name, { segments = [] }] of await faxPages(folder.path('fax.tif')))
      for (const data of segments) {
        expect(await endOf(data, { compression: GROUP_4 }), name).toBe(data.length);
        const backwards = await endOf(reversed(data), { compression: GROUP_4, reversed: true });
        expect(backwards, name).toBe(data.length);
        for (const cut of [1, 2, 3, data.length - 1]) {
          const rest = data.subarray(0, data.length - cut);
          const most = rest.length;
          expect(await endOf(rest, { compression: GROUP_4, most }), name).toBeUndefined();
        }
      }
  });

  it.each<[string, string, number, number | undefined]>([
    ['EOFB', `1 1 ${EOL} ${EOL}`, GROUP_4, 4],
    ['EOFB after zeros', `1 0000 ${EOL} ${EOL}`, GROUP_4, 4],
    ['not where zeros stand between', `1 ${EOL} 0000 ${EOL} 1`, GROUP_4, undefined],
    ['not with one end of line', `1 ${EOL} 1 1 1`, GROUP_4, undefined],
    ['RTC', `${EOL} 1101 1000 ${EOL.repeat(6)}`, GROUP_3, 12],
    ['RTC with tag bits', `${EOL}1 1011 0 ${`${EOL}1`.repeat(6)}`, GROUP_3, 12],
    ['RTC with filling', `1 ${`0000${EOL}`.repeat(6)}`, GROUP_3, 13],
    ['not with five ends of line', `1 1 ${EOL.repeat(5)} 1 1`, GROUP_3, undefined],
  ])('of faxes: %s', async (_, text, compression, end) => {
    const data = bits(text);
    const found = await endOf(data, { compression, most: data.length });
    expect(found).toBe(end);
  });

  it('of JPEGs, also of such as have one in their metadata', async () => {
    const inner = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
    for (const progressive of [false, true]) {
      const jpeg = await sharp(scene(), { raw: { width: 96, height: 64, channels: 3 } })
        .jpeg({ progressive })
        .toBuffer();
      const comment = Uint8Array.of(0xff, 0xfe, 0, inner.length + 2, ...inner);
      const data = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
      expect(await endOf(data, { compression: JPEG })).toBe(data.length);
      const cut = data.subarray(0, -1);
      expect(await endOf(cut, { compression: JPEG, most: cut.length })).toBeUndefined();
    }
  });

  it('is not looked for in what is no JPEG, or in other compressions', async () => {
    const data = Uint8Array.of(0, 0, 0xff, 0xd9);
    expect(await endOf(data, { compression: JPEG })).toBeUndefined();
    expect(await endOf(data, { compression: 1 })).toBeUndefined();
  });
});
