import { onLanguage } from '../i18n';

type Live<T> = T | (() => T);
type Child = Node | Live<string> | null;

interface Attributes {
  readonly on?: { readonly [Event in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Event]) => void };
  readonly [name: string]: Live<string | boolean | null> | Attributes['on'];
}

/**
 * What ends when a part of the page goes: listeners, timers, rooms. Also builds elements whose words follow the language:
 * a text or attribute given as a function is evaluated again at each change of language.
 */
export class Scope {
  private readonly ends: (() => void)[] = [];

  onEnd(end: () => void): void {
    this.ends.push(end);
  }

  end(): void {
    for (const end of this.ends.splice(0).reverse()) end();
  }

  /** A scope that ends with this one, or earlier. */
  inner(): Scope {
    const scope = new Scope();
    this.onEnd(() => scope.end());
    return scope;
  }

  /** Runs `show` now and at each change of language. */
  live(show: () => void): void {
    show();
    this.onEnd(onLanguage(show));
  }

  listen<K extends keyof WindowEventMap>(target: Window, type: K, listener: (event: WindowEventMap[K]) => void): void;
  listen<K extends keyof DocumentEventMap>(target: Document, type: K, listener: (event: DocumentEventMap[K]) => void): void;
  listen(target: EventTarget, type: string, listener: (event: never) => void): void {
    target.addEventListener(type, listener as EventListener);
    this.onEnd(() => target.removeEventListener(type, listener as EventListener));
  }

  every(millis: number, work: () => void): void {
    const timer = setInterval(work, millis);
    this.onEnd(() => clearInterval(timer));
  }

  readonly h = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Attributes = {},
    ...children: readonly Child[]
  ): HTMLElementTagNameMap[K] => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'on') {
        for (const [type, listener] of Object.entries(value as object)) element.addEventListener(type, listener);
      } else if (typeof value === 'function') {
        this.live(() => setAttribute(element, name, value()));
      } else {
        setAttribute(element, name, value as string | boolean | null);
      }
    }
    for (const child of children) {
      if (child === null) continue;
      if (typeof child === 'function') {
        const text = document.createTextNode('');
        this.live(() => (text.data = child()));
        element.append(text);
      } else {
        element.append(child);
      }
    }
    return element;
  };
}

function setAttribute(element: Element, name: string, value: string | boolean | null): void {
  if (value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : value);
}
