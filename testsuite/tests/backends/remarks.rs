//! What a server says beside its answers.

use crate::common::told;
use crate::servers::{Backend, open, servers};

#[test]
fn notices_and_notifications_of_postgresql_are_told() {
    let servers = servers();
    if !servers.all().contains(&Backend::Postgresql) {
        return;
    }
    let mut session = open(&servers.database(Backend::Postgresql));
    let raised = "NATIVE DO $$ BEGIN RAISE NOTICE 'one of %', 2; \
                  RAISE WARNING 'two' USING HINT = 'look at one'; END $$";
    let expected = ["notice: one of 2", "warning: two", "hint: look at one"];
    assert_eq!(told(&mut session, raised), expected);
    let none: [&str; 0] = [];
    assert_eq!(told(&mut session, "SET running = auto"), none);
    let heard = "NATIVE LISTEN news; NATIVE NOTIFY news, 'rain'";
    assert_eq!(told(&mut session, heard), ["notification: news rain"]);
    // Whoever wants to hear less says so to the server.
    let less = format!("NATIVE SET client_min_messages = error; {raised}");
    assert_eq!(told(&mut session, &less), none);
}
