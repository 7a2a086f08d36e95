using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace WunderProxy.Hosting;

/// <summary>
/// Closes the files of the program's assemblies. The runtime maps each file into memory and keeps it open with two
/// descriptors for the life of the process, 140 to 250 descriptors in all, although it never uses them again. Where few
/// files may be open, these would be most of them.
/// </summary>
internal static partial class AssemblyFiles
{
    private const string Descriptors = "/proc/self/fd";

    /// <summary>
    /// Loads all assemblies to which the program refers, directly or not. An assembly needed while no descriptor is
    /// free could not be loaded, and the call that needs it would fail.
    /// </summary>
    [UnconditionalSuppressMessage(
        "Trimming", "IL2026", Justification = "What was trimmed away is not wanted; one that is not found is left out.")]
    public static void LoadAll()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<Assembly>([typeof(AssemblyFiles).Assembly]);
        while (waiting.TryPop(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => seen.Add(name.FullName)))
            {
                if (TryLoad(name) is { } loaded)
                {
                    waiting.Push(loaded);
                }
            }
        }
    }

    /// <summary>Closes the descriptors of the loaded assemblies.</summary>
    /// <returns>Number of descriptors closed; 0 on systems without a list of descriptors.</returns>
    [UnconditionalSuppressMessage(
        "SingleFile", "IL3000", Justification = "In a single file no assembly has a place, and nothing is closed.")]
    public static int CloseAll()
    {
        if (!Directory.Exists(Descriptors))
        {
            return 0;
        }

        // The mappings stay. The runtime closes these descriptors only with the assemblies themselves, which never
        // happens in the default context, so no number is closed a second time after it has been reused.
        var files = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.Location.Length > 0)
            .Select(assembly => assembly.Location)
            .ToHashSet(StringComparer.Ordinal);
        var closed = 0;
        foreach (var entry in Directory.EnumerateFileSystemEntries(Descriptors).ToArray())
        {
            if (TargetOf(entry) is { } target && files.Contains(target)
                && int.TryParse(Path.GetFileName(entry), out var descriptor) && Close(descriptor) == 0)
            {
                closed++;
            }
        }

        return closed;
    }

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            // The assembly is referred to by code that is never called, and is not part of the program.
            return null;
        }
    }

    private static string? TargetOf(string entry)
    {
        try
        {
            return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            // The descriptor was closed after it was listed.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
