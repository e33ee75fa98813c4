package io.chronik.metadata;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A fingerprint of the state: nodes that have applied the same index have the same one.
public final class ImageDigest {
    private ImageDigest() {}

    /// SHA-256 in hex of the snapshot's lines; the index itself is not part of it. Costs about a snapshot.
    public static String of(ClusterImage image) {
        MessageDigest digest = sha256();
        ImageSnapshot.write(image, command -> {
            digest.update(CommandCodec.encode(command));
            digest.update((byte) '\n');
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
