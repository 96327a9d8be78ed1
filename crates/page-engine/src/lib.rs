//! The translator as WebAssembly, for pages without a server.
