import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/policy/canonicalJson.ts';
import { policyHash } from '../../../src/policy/policyHash.ts';

describe('canonicalJson', () => {
  const cases: readonly [string, string][] = [
    // RFC 8785 section 3.2.3: keys by UTF-16 code units.
    [
      '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}',
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
    [
      '[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001, -0]',
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    ['{"b":[true,null,"\\u000f\\n\\"\\/"],"a":{}}', '{"a":{},"b":[true,null,"\\u000f\\n\\"/"]}'],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ];
  for (const [text, expected] of cases)
    it(`writes ${text.slice(0, 40)}`, () => {
      assert.equal(canonicalJson(JSON.parse(text)), expected);
    });

  it('keeps the value, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const again: unknown = JSON.parse(JSON.stringify(value));
        assert.deepEqual(JSON.parse(canonicalJson(again)), again);
      }),
    );
  });

  it('leaves out undefined members', () => {
    assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
  });
});

describe('policyHash', () => {
  it('is the sha256 of the canonical form', () => {
    assert.equal(policyHash({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
  it('does not see the order of keys, but sees keys that it does not know', () => {
    assert.equal(policyHash({ a: 1, b: 2 }), policyHash({ b: 2, a: 1 }));
    assert.notEqual(policyHash({ a: 1 }), policyHash({ a: 1, later: 1 }));
  });
});
