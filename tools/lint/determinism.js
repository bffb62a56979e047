// Determinism rules for code that runs inside the simulation, and for the checkers (same input, same words).
const rule = (docs, visitor) => ({
  meta: { type: 'problem', docs: { description: docs }, schema: [] },
  create: visitor,
});
const isId = (n, name) => n?.type === 'Identifier' && n.name === name;
const isMember = (n, obj, props) =>
  n?.type === 'MemberExpression' &&
  isId(n.object, obj) &&
  !n.computed &&
  props.includes(n.property.name);

export default {
  meta: { name: 'determinism' },
  rules: {
    'no-for-in': rule('for..in order depends on key insertion and integer-like keys', (c) => ({
      ForInStatement(n) {
        c.report({
          node: n,
          message: 'Use for..of over a sorted key list: for..in order is not part of the model.',
        });
      },
    })),
    'no-ambient-clock': rule('Date.now(), new Date(), performance.now()', (c) => ({
      CallExpression(n) {
        if (
          isMember(n.callee, 'Date', ['now', 'parse']) ||
          isMember(n.callee, 'performance', ['now', 'mark', 'measure']) ||
          isMember(n.callee, 'process', ['hrtime', 'uptime'])
        )
          c.report({ node: n, message: 'Ambient clock: take the time from env.clock.' });
      },
      NewExpression(n) {
        if (isId(n.callee, 'Date'))
          c.report({ node: n, message: 'Ambient clock: take the time from env.clock.' });
      },
    })),
    'no-locale': rule('locale and ICU dependent results', (c) => ({
      CallExpression(n) {
        const p =
          n.callee.type === 'MemberExpression' && !n.callee.computed ? n.callee.property.name : '';
        if (
          [
            'localeCompare',
            'toLocaleString',
            'toLocaleUpperCase',
            'toLocaleLowerCase',
            'toLocaleDateString',
            'toLocaleTimeString',
          ].includes(p)
        )
          c.report({
            node: n,
            message: `${p}() depends on the machine's locale and ICU data: compare code units.`,
          });
      },
      MemberExpression(n) {
        if (isId(n.object, 'Intl'))
          c.report({ node: n, message: 'Intl depends on the ICU data of this Node build.' });
      },
    })),
    'no-bare-sort': rule('sort needs a total order', (c) => ({
      CallExpression(n) {
        const p =
          n.callee.type === 'MemberExpression' && !n.callee.computed ? n.callee.property.name : '';
        if ((p === 'sort' || p === 'toSorted') && n.arguments.length === 0)
          c.report({ node: n, message: 'Give an explicit comparator that is a total order.' });
      },
    })),
    'no-async': rule('no promises in simulated code', (c) => ({
      AwaitExpression(n) {
        c.report({
          node: n,
          message: 'No await in simulated code: microtask order is not the scheduler’s.',
        });
      },
      ':function[async=true]'(n) {
        c.report({ node: n, message: 'No async functions in simulated code.' });
      },
      CallExpression(n) {
        if (
          isMember(n.callee, 'Promise', ['race', 'any', 'all', 'allSettled', 'resolve', 'reject'])
        )
          c.report({ node: n, message: 'No Promise combinators in simulated code.' });
      },
      NewExpression(n) {
        if (isId(n.callee, 'Promise'))
          c.report({ node: n, message: 'No promises in simulated code.' });
      },
    })),
    'no-module-state': rule('module-level let / Map / Set leaks between runs', (c) => ({
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind=let]'(n) {
        c.report({ node: n, message: 'Module-level let survives from one run to the next.' });
      },
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > NewExpression'(
        n,
      ) {
        if (
          ['Map', 'WeakMap', 'WeakSet'].some((name) => isId(n.callee, name)) &&
          !n.arguments.length
        )
          c.report({ node: n, message: 'A module-level Map survives from one run to the next.' });
        if (isId(n.callee, 'Set') && n.arguments.length === 0)
          c.report({ node: n, message: 'A module-level Set survives from one run to the next.' });
      },
    })),
    'no-inexact-math': rule('Math functions that the spec lets vary between engines', (c) => ({
      CallExpression(n) {
        if (
          isMember(n.callee, 'Math', [
            'sin',
            'cos',
            'tan',
            'asin',
            'acos',
            'atan',
            'atan2',
            'sinh',
            'cosh',
            'tanh',
            'asinh',
            'acosh',
            'atanh',
            'exp',
            'expm1',
            'log',
            'log1p',
            'log10',
            'log2',
            'pow',
            'cbrt',
            'hypot',
          ])
        )
          c.report({ node: n, message: 'Implementation-approximated: use sim/math.' });
      },
      'BinaryExpression[operator="**"]'(n) {
        c.report({ node: n, message: '** is implementation-approximated for non-integers.' });
      },
    })),
  },
};
