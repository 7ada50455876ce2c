import { pageOption } from '../convert/choose-pages.ts';
import type { MadePage } from '../convert/convert-pages.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import type { PagesSetting } from '../convert/pages.ts';
import { compareWithTiff } from '../convert/verify/compare-with-tiff.ts';
import type { Likeness, LikenessBounds } from '../convert/verify/likeness.ts';
import type { PageRecord } from './events.ts';
import type { ConvertingTools } from './item.ts';

/** A TIFF whose JPEGs are compared with it. */
export interface ComparedTiff {
  readonly path: string;
  /** How it is called in messages. */
  readonly name: string;
  readonly header: TiffHeader;
  readonly tools: ConvertingTools;
}

/** How a page was asked to be made, and how it is to be compared, if it is. */
export interface ComparedSettings {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly verify?: LikenessBounds | undefined;
}

/** Compares a page that was made with its TIFF, if that is asked for. Throws what `compareWithTiff` throws. */
export async function likenessOf(
  { page, output, jpeg, conversion }: MadePage,
  { path, name, header, tools }: ComparedTiff,
  { encoder, pages, verify }: ComparedSettings,
): Promise<Likeness | undefined> {
  if (!verify) return undefined;
  const { converter, budget, signal } = tools;
  return compareWithTiff(path, jpeg, {
    ...encoder,
    effort: conversion.plan.effort,
    bounds: verify,
    name,
    jpegName: output,
    header,
    page: pageOption(pages, page),
    converter,
    budget,
    signal,
  });
}

/** What is told of a page that was made. */
export function recordOfPage(
  { page, output, ms, conversion }: MadePage,
  measured: Pick<PageRecord, 'likeness' | 'sha256'>,
): PageRecord {
  const { width, height, channels, bytes, notes, plan, cpuSeconds, peakBytes } = conversion;
  const { likeness, sha256 } = measured;
  return {
    page,
    output,
    width,
    height,
    channels,
    bytes,
    ms,
    cpu_seconds: cpuSeconds,
    peak_bytes: peakBytes,
    effort: plan.effort,
    reader: plan.reading.reader,
    notes,
    ...(likeness ? { likeness } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}
