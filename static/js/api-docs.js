// Swagger UI in the place of the plain list. If it does not come, the list stays.

class ApiDocs extends HTMLElement {
  connectedCallback() {
    if (!window.SwaggerUIBundle) return;
    window.SwaggerUIBundle({
      url: this.dataset.description,
      domNode: this,
      deepLinking: true,
      displayRequestDuration: true,
      validatorUrl: null, // a service on the internet
      onComplete: () => this.show(),
    });
  }

  show() {
    document.querySelector(".docs-list").hidden = true;
    this.hidden = false;
  }
}

customElements.define("api-docs", ApiDocs);
