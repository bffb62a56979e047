import type { CampaignResult } from '../campaign/run/campaign.ts';
import { bucketsOf } from '../campaign/run/tally.ts';
import { judgeCampaign } from '../campaign/run/verdict.ts';
import { reproduceBucket } from './campaign-text.ts';

/**
 * JUnit XML: a suite for each scenario, a case for each property (never one for each seed: 100,000 cases end every CI
 * page), and one case for determinism and coverage of the whole campaign.
 */
export function junitXml(result: CampaignResult, requireCoverage: boolean): string {
  const { tally, header, elapsedMs } = result;
  const suites = header.scenarios.map((scenario) => suiteXml(result, scenario));
  const judgement = judgeCampaign(result, requireCoverage);
  const own = judgement.reasons.filter((reason) => !/runs violate a property$/.test(reason));
  const bad = own.length > 0;
  suites.push(
    `  <testsuite name="campaign" tests="1" failures="${bad ? 1 : 0}" errors="0" skipped="0">\n` +
      `    <testcase classname="campaign" name="deterministic, judged and covered">` +
      (bad
        ? `\n      <failure message="${attribute(own[0]!)}">${text(own.join('\n'))}</failure>\n    `
        : '') +
      `</testcase>\n  </testsuite>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<testsuites name="splitbrain fuzz" time="${(elapsedMs / 1_000).toFixed(3)}">\n` +
    `  <!-- ${tally.runs} runs of seeds ${comment(header.seeds)} -->\n` +
    `${suites.join('\n')}\n</testsuites>\n`
  );
}

function suiteXml(result: CampaignResult, scenario: string): string {
  const { tally, header } = result;
  const properties = Object.entries(tally.verdicts).filter(([name]) =>
    name.startsWith(`${scenario}/`),
  );
  const buckets = bucketsOf(tally).filter((bucket) => bucket.scenario === scenario);
  const cases = properties.map(([name, verdicts]) => {
    const property = name.slice(scenario.length + 1);
    const failed = buckets.filter((bucket) => bucket.property === property);
    const open = `    <testcase classname="${attribute(scenario)}" name="${attribute(property)}">`;
    if (failed.length > 0) {
      const body = failed
        .map(
          (bucket) =>
            `${bucket.signature}: ${bucket.count} runs\n${bucket.sentence}\nshortest: seed ${bucket.seed}, trace ${bucket.hash}\nReproduce   ${reproduceBucket(result, bucket)}`,
        )
        .join('\n\n');
      return `${open}\n      <failure message="${attribute(failed[0]!.sentence)}">${text(body)}</failure>\n    </testcase>`;
    }
    if (verdicts.holds === undefined && verdicts.violated === undefined)
      return `${open}\n      <skipped message="never put to the test"/>\n    </testcase>`;
    return `${open}</testcase>`;
  });
  const failures = new Set(buckets.map(({ property }) => property)).size;
  return (
    `  <testsuite name="${attribute(scenario)}" tests="${cases.length}" failures="${failures}" errors="0">\n` +
    `    <properties>\n      <property name="seeds" value="${attribute(header.seeds)}"/>\n` +
    `      <property name="runs" value="${tally.runs}"/>\n    </properties>\n` +
    `${cases.join('\n')}\n  </testsuite>`
  );
}

/** Text content; characters that XML 1.0 forbids even escaped are replaced. */
function text(raw: string): string {
  return raw
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(raw: string): string {
  return text(raw).replaceAll('"', '&quot;').replaceAll('\n', ' ');
}

function comment(raw: string): string {
  return text(raw).replaceAll('--', '- -');
}
