import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { afterAll, describe, expect, it } from 'vitest';

import { Workshop } from './cli.ts';

const workshop = new Workshop();
afterAll(() => {
  workshop.remove();
});

function lastFolder(): string {
  return readFileSync(workshop.path('.splitbrain/runs/last'), 'utf8').trim();
}

describe('splitbrain report', () => {
  it('writes one file next to the run it is about, with nothing in it that a browser would fetch', () => {
    workshop.cli(['run', 'vote-once']);
    const { code, stdout } = workshop.cli(['report', 'last']);
    expect(code).toBe(0);
    expect(stdout).toContain(`${lastFolder()}/report.html`);
    const html = readFileSync(workshop.path(lastFolder(), 'report.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(script|img|link|iframe)[^>]+(src|href)=/);
  });

  it('of a scenario that does not exist selects nothing', () => {
    const { code, stderr } = workshop.cli(['report', 'no-such-scenario']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('no scenario, file or folder')]);
  });

  it('of a folder that is no run says what was expected', () => {
    mkdirSync(workshop.path('foreign'));
    const { code, stderr } = workshop.cli(['report', 'foreign']);
    expect(code).toBe(64);
    expect(stderr).toContain(
      'foreign is a folder without run.json: expected one that `splitbrain run` wrote',
    );
  });

  it('of a run that is gone says so', () => {
    const { code, stderr } = workshop.cli(['report', '.splitbrain/runs/gone/00000000-1']);
    expect(code).toBe(64);
    expect(stderr).toContain('there is no folder .splitbrain/runs/gone/00000000-1');
  });

  it('of a record that is cut off names the file', () => {
    workshop.cli(['run', 'vote-once']);
    const record = workshop.path(lastFolder(), 'run.json');
    const text = readFileSync(record, 'utf8');
    writeFileSync(record, text.slice(0, 200));
    const { code, stderr } = workshop.cli(['report', 'last']);
    expect(code).toBe(64);
    expect(stderr).toContain('run.json: ');
    expect(stderr).toContain('Expected the file that `splitbrain run` wrote there');
  });

  it('of a run by another version that runs differently now says both, with exit 3', () => {
    workshop.cli(['run', 'vote-once']);
    const record = workshop.path(lastFolder(), 'run.json');
    const json = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
    writeFileSync(
      record,
      JSON.stringify({ ...json, splitbrain: '0.0.7', hash: 'feedfacefeedface' }),
    );
    const { code, stderr } = workshop.cli(['report', 'last']);
    expect(code).toBe(3);
    expect(stderr).toContain('recorded trace feedfacefeedface');
    expect(stderr).toContain('It was recorded by splitbrain 0.0.7');
  });

  it('of a campaign that is cut off, or of another version, is refused in words', () => {
    workshop.write('cut.json', '{ "format": "splitbrain-fuzz/1", "seeds": 4, "buck');
    expect(workshop.cli(['report', 'cut.json'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('Expected what `splitbrain fuzz --json` printed') as unknown,
    });
    workshop.write('other.json', '{ "format": "splitbrain-fuzz/9" }');
    expect(workshop.cli(['report', 'other.json'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('expected splitbrain-fuzz/1') as unknown,
    });
  });

  it('of a place that cannot be written is an error that says what to do', () => {
    workshop.write('taken', '');
    const { code, stderr } = workshop.cli(['report', 'vote-once', '-o', 'taken/report.html']);
    expect(code).toBe(70);
    expect(stderr).toContain('Choose another place with -o.');
  });
});
