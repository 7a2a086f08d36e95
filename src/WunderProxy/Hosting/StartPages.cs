using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WunderProxy.Hosting;

/// <summary>
/// Lets go of the pages of the native program's file that only its start has read: the tables from which the runtime builds
/// its types, and the code that reads options and wires services. They are half of what is resident after the start. What is
/// needed again comes from the page cache, without reading the disk.
/// </summary>
internal static partial class StartPages
{
    // Of madvise(2): the pages leave the process, and the next access reads the file's content again.
    private const int DoNotNeed = 4;

    /// <summary>Lets go of the pages. Does nothing in the portable program, and on systems without <c>/proc</c>.</summary>
    public static void Release()
    {
        if (RuntimeFeature.IsDynamicCodeSupported || !OperatingSystem.IsLinux() || Environment.ProcessPath is not { } program)
        {
            return;
        }

        try
        {
            foreach (var (start, length) in FindClean(File.ReadLines("/proc/self/smaps"), program))
            {
                // A refusal costs memory, nothing else.
                _ = Advise(start, length, DoNotNeed);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without the list of mappings the pages stay.
        }
    }

    /// <summary>
    /// Finds the mappings of a file that the process can only read and has not changed. A page that was changed, as the
    /// loader does before it forbids writing, would come back without the change.
    /// </summary>
    /// <param name="smaps">Lines of <c>/proc/PID/smaps</c> (proc_pid_smaps(5)).</param>
    /// <param name="file">Path of the file.</param>
    /// <returns>Address and length of each mapping, in bytes.</returns>
    internal static IEnumerable<(nint Start, nint Length)> FindClean(IEnumerable<string> smaps, string file)
    {
        (nint Start, nint Length)? mapping = null;
        var (found, changed) = (false, false);
        foreach (var line in smaps)
        {
            // "55d0c8a00000-55d0c8b00000 r-xp 000a0000 08:01 1234   /path", and then lines like "Anonymous:   0 kB".
            var isHeader = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var first && line[first - 1] != ':';
            if (isHeader && line.EndsWith(' ' + file, StringComparison.Ordinal))
            {
                (found, changed) = (true, false);
                mapping = line.Contains(" r--p ", StringComparison.Ordinal) || line.Contains(" r-xp ", StringComparison.Ordinal)
                    ? Parse(line)
                    : null;
            }
            else if (isHeader && found)
            {
                // The mappings of a program's file lie side by side. Some hundred others follow: reading them would leave
                // more garbage than is gained.
                yield break;
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                // Not "Private_Dirty", which also counts pages of a file that is not yet on the disk.
                changed = !IsZero(line);
            }
            else if (mapping is { } clean && line.StartsWith("Swap:", StringComparison.Ordinal))
            {
                mapping = null;
                if (!changed && IsZero(line))
                {
                    yield return clean;
                }
            }
        }
    }

    private static bool IsZero(string line) => line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim() is "0 kB";

    private static (nint Start, nint Length) Parse(string header)
    {
        var range = header.AsSpan(0, header.IndexOf(' ', StringComparison.Ordinal));
        var dash = range.IndexOf('-');
        var start = nint.Parse(range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var end = nint.Parse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (start, end - start);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
