#!/usr/bin/env node
// A file of its own, because packages are linked before anything is built.
import '../dist/main.js';
