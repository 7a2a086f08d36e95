using System.Formats.Tar;
using System.Text;

namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>
/// Writes new headers for the entries of a tar archive (POSIX.1-2008 pax, "pax Header Block"), so that the engine reads
/// what was understood here, whatever else the archive's own headers said.
/// </summary>
internal static class TarHeader
{
    /// <summary>Length of a header in bytes; content is padded to a multiple of this length.</summary>
    public const int BlockBytes = 512;

    private const int MaxNameBytes = 100;
    private const long MaxOctalSize = 0x1_FFFF_FFFF;

    /// <summary>Returns the header of an entry, preceded by a pax header if a field does not fit.</summary>
    public static byte[] Write(TarEntryType type, string name, string linkName, UnixFileMode mode, long size)
    {
        var records = new StringBuilder();
        AddIfLong(records, "path", name);
        AddIfLong(records, "linkpath", linkName);
        if (size > MaxOctalSize)
        {
            Add(records, "size", FormattableString.Invariant($"{size}"));
        }

        using var bytes = new MemoryStream();
        if (records.Length > 0)
        {
            var content = Encoding.UTF8.GetBytes(records.ToString());
            bytes.Write(Block('x', "pax", "", UnixFileMode.None, content.Length));
            bytes.Write(content);
            bytes.Write(new byte[Padding(content.Length)]);
        }

        bytes.Write(Block(FlagOf(type), Fitting(name), Fitting(linkName), mode, Math.Min(size, MaxOctalSize)));
        return bytes.ToArray();
    }

    /// <summary>Returns the number of zero bytes that follow content of this length.</summary>
    public static int Padding(long length) => (int)((BlockBytes - (length % BlockBytes)) % BlockBytes);

    private static char FlagOf(TarEntryType type) => type switch
    {
        TarEntryType.Directory => '5',
        TarEntryType.SymbolicLink => '2',
        TarEntryType.HardLink => '1',
        _ => '0',
    };

    private static byte[] Block(char flag, string name, string linkName, UnixFileMode mode, long size)
    {
        var block = new byte[BlockBytes];
        Encoding.UTF8.GetBytes(name, block.AsSpan(0, MaxNameBytes));
        Octal(block.AsSpan(100, 8), (long)mode);
        Octal(block.AsSpan(108, 8), 0);
        Octal(block.AsSpan(116, 8), 0);
        Octal(block.AsSpan(124, 12), size);
        Octal(block.AsSpan(136, 12), 0);
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = (byte)flag;
        Encoding.UTF8.GetBytes(linkName, block.AsSpan(157, MaxNameBytes));
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        var sum = 0L;
        foreach (var value in block)
        {
            sum += value;
        }

        Octal(block.AsSpan(148, 7), sum);
        return block;
    }

    /// <summary>Writes octal digits up to the last but one byte, then NUL.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
        {
            field[i] = (byte)('0' + (value & 7));
        }

        field[^1] = 0;
    }

    private static void AddIfLong(StringBuilder records, string key, string value)
    {
        if (Encoding.UTF8.GetByteCount(value) > MaxNameBytes || value.Any(c => c > '~'))
        {
            Add(records, key, value);
        }
    }

    /// <summary>
    /// Adds a pax record, which begins with its own length in bytes, the digits of the length included.
    /// </summary>
    private static void Add(StringBuilder records, string key, string value)
    {
        var rest = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var length = rest + 1;
        while (rest + FormattableString.Invariant($"{length}").Length != length)
        {
            length = rest + FormattableString.Invariant($"{length}").Length;
        }

        records.Append(FormattableString.Invariant($"{length} {key}={value}\n"));
    }

    private static string Fitting(string name)
    {
        var ascii = string.Concat(name.Select(c => c > '~' ? '_' : c));
        return ascii.Length <= MaxNameBytes ? ascii : ascii[^MaxNameBytes..];
    }
}
