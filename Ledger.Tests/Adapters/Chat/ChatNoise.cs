using System.Text;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Lines as nobody should send them, made from a seed.</summary>
internal static class ChatNoise
{
    private static readonly string[] Names = ["do", "do", "room", "id", "text", "token", "before", "limit", "account", "minutes", "number", "content", "", "\\u0064o", "__proto__", "room "];
    private static readonly string[] Values =
    [
        "\"say\"", "\"join\"", "\"leave\"", "\"hello\"", "\"history\"", "\"mute\"", "\"remove\"", "\"pong\"", "\"SAY\"", "\"room\"", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude80\"", "\"\u202e\u0644\"",
        "1", "0", "-1", "1.0", "1e400", "99999999999999999999", "00", "NaN", "null", "true", "{}", "[]", "[[[[[[[[[[", "\"'; DROP TABLE message; --\"", "\"%00\"",
    ];

    public static byte[] Line(Random random) => random.Next(4) switch
    {
        0 => Bytes(random, random.Next(300)),
        1 => Mutate(random, Encoding.UTF8.GetBytes("""{"do":"say","room":"room","id":"m-1","text":"good evening"}""")),
        2 => Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => Member(random)))}}}"),
        _ => Encoding.UTF8.GetBytes($"{{\"do\":{Pick(random, Values[..9])},{string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Member(random)))}}}"),
    };

    private static string Member(Random random) => $"\"{Pick(random, Names)}\":{(random.Next(20) == 0 ? $"\"{new string('x', random.Next(3_000))}\"" : Pick(random, Values))}";

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutate(Random random, byte[] line)
    {
        for (int i = random.Next(1, 4); i > 0; i--) line[random.Next(line.Length)] = (byte)random.Next(256);
        return line[..random.Next(line.Length / 2, line.Length + 1)];
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
