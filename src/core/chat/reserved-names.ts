/** Letters that look like others, once case and accents are gone. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  ...{
    '0': 'o',
    '1': 'i',
    '3': 'e',
    '4': 'a',
    '5': 's',
    '7': 't',
    '8': 'b',
    '@': 'a',
    $: 's',
    '!': 'i',
    '|': 'i',
  },
  // Cyrillic
  ...{
    а: 'a',
    в: 'b',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ї: 'i',
    ј: 'j',
    к: 'k',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
  },
  ...{ с: 'c', ѕ: 's', т: 't', у: 'y', х: 'x', г: 'r', ӏ: 'i', ԛ: 'q', ԝ: 'w', п: 'n' },
  // Greek
  ...{
    α: 'a',
    β: 'b',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    μ: 'm',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    σ: 'o',
    τ: 't',
    υ: 'u',
  },
  // Latin letters of their own, and small capitals
  ...{
    ı: 'i',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    ł: 'i',
    ɑ: 'a',
    ɡ: 'g',
    ɩ: 'i',
    ʀ: 'r',
    ɪ: 'i',
    ᴀ: 'a',
    ᴅ: 'd',
    ᴇ: 'e',
  },
  ...{ ᴍ: 'm', ᴏ: 'o', ᴛ: 't', ɴ: 'n', ꜱ: 's', l: 'i' },
}

/** Within any name, and as the whole of one. */
const ANYWHERE = ['moderator', 'administrator'].map(skeletonOf)
const ALONE = new Set(
  [
    'mod',
    'mods',
    'admin',
    'admins',
    'host',
    'owner',
    'streamer',
    'broadcaster',
    'system',
    'server',
    'klieg',
    'support',
  ].map(skeletonOf),
)

/** What is left of a name for somebody who only glances at it. */
export function skeletonOf(name: string): string {
  let skeleton = ''
  for (const letter of name.normalize('NFKD').toLowerCase()) {
    const plain = LOOKS_LIKE[letter] ?? letter
    if (/^[a-z]$/.test(plain)) skeleton += plain
    else if (/\p{L}/u.test(plain)) skeleton += plain
  }
  return skeleton.replaceAll('rn', 'm').replaceAll('vv', 'w')
}

/** Whether a name would pass for somebody who runs the chat. */
export function isReserved(name: string): boolean {
  const skeletons = [name, name.replace(/\p{N}/gu, '')].map(skeletonOf)
  return skeletons.some((skeleton) => ALONE.has(skeleton) || ANYWHERE.some((word) => skeleton.includes(word)))
}
