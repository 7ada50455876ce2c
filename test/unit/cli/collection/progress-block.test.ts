import { describe, expect, it } from 'vitest';
import { progressBlock } from '../../../../src/cli/collection/progress-block.ts';
import { escapeControls } from '../../../../src/lib/redact.ts';
import { begun, converted, failed, started } from '../../../support/collection-events.ts';
import { screenOf } from '../../../support/screen.ts';

/** A block on a terminal of this size, whose clock and redrawing the test is. */
function setUp(columns = 40, rows = 10) {
  const terminal = screenOf(columns, rows);
  let nowMs = 0;
  let draw = () => {};
  let ended = false;
  const block = progressBlock({
    terminal,
    colours: { done: String, bad: String, faint: String },
    now: () => nowMs,
    repeat: (next) => {
      draw = next;
      return () => {
        ended = true;
      };
    },
    clean: escapeControls,
  });
  return {
    terminal,
    block,
    drawAt: (ms: number) => {
      nowMs = ms;
      draw();
    },
    isOver: () => ended,
  };
}

describe('the progress block on a terminal', () => {
  it('is drawn in its place again and again, only when it is time', () => {
    const { terminal, block, drawAt } = setUp();
    for (const event of [started(2), begun('a')]) block.show(event);
    expect(terminal.lines()).toEqual([]);
    drawAt(1000);
    expect(terminal.lines()).toEqual([`${'─'.repeat(17)} 0/2  0 %  1 s elapsed`, '  a.tif  1 s']);
    block.show(converted('a'));
    expect(terminal.lines()).toContain('  a.tif  1 s');
    drawAt(2000);
    expect(terminal.lines()).toEqual(['1/2  50 %  ETA 2 s  2 s elapsed', '0.5 MB/s · 0.5 MP/s']);
  });

  it('shows downloads and uploads', () => {
    const { terminal, block, drawAt } = setUp();
    const files = () => terminal.lines().slice(1);
    const a = { input: 'a.tif', source_bytes: 1 };
    block.show(started(2));
    block.show({ event: 'file.downloading', ...a });
    drawAt(1000);
    expect(files()).toEqual(['  a.tif  downloading 1 s']);
    block.show({ event: 'file.downloaded', ...a, ms: 900 });
    drawAt(2000);
    expect(files()).toEqual([]);
    block.show(begun('a'));
    drawAt(3000);
    expect(files()).toEqual(['  a.tif  1 s']);
    block.show({ event: 'file.uploading', input: 'a.tif' });
    drawAt(5000);
    expect(files()).toEqual(['  a.tif  uploading 2 s']);
  });

  it('has lines written above it, which stay', () => {
    const { terminal, block, drawAt } = setUp();
    for (const event of [started(2), begun('a')]) block.show(event);
    drawAt(0);
    block.above(() => terminal.write('first\n'));
    block.above(() => terminal.write('second\n'));
    drawAt(100);
    block.above(() => terminal.write('third\n'));
    drawAt(200);
    expect(terminal.lines()).toEqual([
      ...['first', 'second', 'third'],
      ...[`${'─'.repeat(17)} 0/2  0 %  0 s elapsed`, '  a.tif  0 s'],
    ]);
  });

  it('is gone at the end, with all lines written', () => {
    const { terminal, block, drawAt, isOver } = setUp();
    for (const event of [started(1), begun('a')]) block.show(event);
    drawAt(0);
    block.show(failed('a'));
    block.above(() => terminal.write('a line\n'));
    block.close?.();
    expect(terminal.lines()).toEqual(['a line']);
    expect(isOver()).toBe(true);
  });

  it('leaves nothing of itself behind when the terminal is made narrower, and fits it then', () => {
    const { terminal, block, drawAt } = setUp(60);
    for (const event of [started(2), begun('a'), begun('long/name of a scan')]) block.show(event);
    block.above(() => terminal.write('a line\n'));
    drawAt(0);
    terminal.resize(20);
    drawAt(100);
    expect(terminal.lines()).toEqual([
      'a line',
      `${'─'.repeat(10)} 0/2  0 %`,
      '  a.tif  0 s',
      '  … a scan.tif  0 s',
    ]);
    terminal.resize(60);
    drawAt(200);
    expect(terminal.lines().filter((line) => line.includes('0/2'))).toHaveLength(1);
  });

  it('cannot be controlled by the name of a file', () => {
    const { terminal, block, drawAt } = setUp();
    for (const event of [started(1), begun('\u001b[2Jred')]) block.show(event);
    block.above(() => terminal.write('a line\n'));
    drawAt(0);
    expect(terminal.lines()).toContain('a line');
    expect(terminal.lines()).toContain('  \\u001b[2Jred.tif  0 s');
  });
});
