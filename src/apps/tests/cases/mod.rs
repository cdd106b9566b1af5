mod basics;
mod faults;
mod files;
mod past;
mod queue;
mod special;
mod traps;
mod updates;
