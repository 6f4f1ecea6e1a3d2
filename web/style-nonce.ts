/** What the server's policy (CSP) marks our own style elements with; undefined where there is none. */
export function styleNonce(): string | undefined {
  return document.querySelector<HTMLElement>('meta[property=csp-nonce]')?.nonce || undefined
}

type WithTemplate = CustomElementConstructor & { getTemplateHTML?: (...args: unknown[]) => string }

/**
 * Marks the style elements that our scripts make: those of libraries that do it by themselves, and those in the
 * templates of custom elements. What comes in as markup from anywhere else stays without style.
 */
function markOwnStyles(nonce: string): void {
  const createElement: (name: string, options?: ElementCreationOptions) => Element =
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- that is one of its overloads
    Document.prototype.createElement.bind(document)
  Object.defineProperty(document, 'createElement', {
    value: (name: string, options?: ElementCreationOptions) => {
      const element = createElement(name, options)
      if (element instanceof HTMLStyleElement) element.nonce = nonce
      return element
    },
  })

  const define = customElements.define.bind(customElements)
  customElements.define = (name: string, element: WithTemplate, options?: ElementDefinitionOptions) => {
    const template = element.getTemplateHTML
    if (template)
      // An element that extends another one inherits this: what it is called on decides whose template is made.
      element.getTemplateHTML = function (this: unknown, ...args) {
        return template.apply(this, args).replaceAll(/<style(?![^>]*\bnonce=)/g, `<style nonce="${nonce}"`)
      }
    define(name, element, options)
  }
}

const nonce = styleNonce()
if (nonce !== undefined) markOwnStyles(nonce)
