package io.chronik.cli.member;

import io.chronik.cli.output.Output;

/// What became of a node's vote.
record VoterChange(int node, String quorum) {
    static int show(Output output, int node, String role) {
        output.show(new VoterChange(node, role), out -> out.println("node " + node + " is " + article(role)));
        return 0;
    }

    private static String article(String role) {
        return (role.startsWith("o") ? "an " : "a ") + role;
    }
}
