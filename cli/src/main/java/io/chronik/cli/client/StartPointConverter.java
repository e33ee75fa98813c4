package io.chronik.cli.client;

import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a `StartPoint` option. The system clock is read here, at the rim.
public final class StartPointConverter implements ITypeConverter<StartPoint> {
    @Override
    public StartPoint convert(String value) {
        try {
            return StartPoint.parse(value, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
