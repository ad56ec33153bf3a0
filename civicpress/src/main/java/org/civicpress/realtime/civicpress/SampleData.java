package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a new installation holds: its name, its people and its records. Immutable.
///
/// @param records the bytes of each file, by the id of the record
public record SampleData(String name, List<Person> people, Map<String, String> records) {
    public record Person(String username, String name, String role, String email) {}

    private static final List<Person> STAFF = List.of(
            new Person("claire", "Claire Beaulieu", "admin", "claire@clairbois.example"),
            new Person("petra", "Petra Quill", "clerk", "petra@clairbois.example"),
            new Person("noah", "Noah Tremblay", "public", "noah@clairbois.example"));

    public SampleData {
        people = List.copyOf(people);
        records = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(records));
    }

    /// The bilingual town of Clairbois: an administrator, a clerk, a resident who may only read, and 63 records in
    /// ten languages.
    public static SampleData townHall() {
        var records = new LinkedHashMap<String, String>();
        resource("sample/records.txt").lines().forEach(id -> records.put(id, resource("sample/records/" + id + ".md")));
        return new SampleData("Ville de Clairbois / Town of Clairbois", STAFF, records);
    }

    /// The same people, and not one record.
    public static SampleData noRecords() {
        return new SampleData("Ville de Clairbois / Town of Clairbois", STAFF, Map.of());
    }

    /// A text from this module's own resources.
    static String resource(String name) {
        try (InputStream in = SampleData.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
