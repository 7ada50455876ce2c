import type { PageRecord } from '../collection/events.ts';
import type { ConvertingTools } from '../collection/item.ts';
import { likenessOf, recordOfPage } from '../collection/page-record.ts';
import { convertPage } from '../convert/convert-pages.ts';
import type { Effort } from '../convert/encoder-settings.ts';
import type { BroughtTiff } from './brought-tiff.ts';
import type { DueObject, OpenPage } from './open-pages.ts';
import type { BatchOptions } from './options.ts';

/** A JPEG that is made, and lies on this machine. */
export interface MadeJpeg {
  readonly page: OpenPage;
  readonly path: string;
  readonly effort: Effort;
  readonly record: PageRecord;
}

/** As a task: what is worth knowing is told, and nothing of it is an error. */
const STRICT = { failOnLoss: false, warningsAsErrors: false } as const;

/**
 * Makes the JPEGs of a TIFF that are not there already, and compares them with it where that is asked for. Throws what
 * converting and comparing throw, and the signal's reason.
 */
export async function makeJpegs(
  tiff: BroughtTiff,
  { source, header, open }: DueObject,
  options: BatchOptions,
  tools: ConvertingTools,
): Promise<readonly MadeJpeg[]> {
  const { encoder, pages, onMade } = options;
  const named = { path: tiff.path, name: source.input, header };
  const make = async (page: OpenPage): Promise<MadeJpeg> => {
    const { number, slot } = page;
    const start = performance.now();
    const jpeg = tiff.pathOf(`page-${number}.jpg`);
    const asked = { encoder, pages, strict: STRICT, ...tools };
    const conversion = await convertPage(named, number, jpeg, asked);
    const ms = Math.round(performance.now() - start);
    const made = { page: number, output: slot.key, jpeg, ms, conversion };
    const likeness = await likenessOf(made, { ...named, tools }, options);
    const record = recordOfPage(made, { likeness });
    return { page, path: jpeg, effort: conversion.plan.effort, record };
  };
  const made: MadeJpeg[] = [];
  for (const page of open) made.push(await make(page));
  await onMade?.({
    source,
    tiff: tiff.path,
    settings: encoder,
    pages: made.map(({ record, path }) => ({ record, jpeg: path })),
    converter: tools.converter,
    signal: tools.signal,
  });
  return made;
}
