using ArchUnitNET.Loader;
using Mono.Cecil;
using WunderProxy.Deployments.Storage;
using WunderProxy.Forwarding;

namespace WunderProxy.Architecture.Tests;

/// <summary>
/// The three assemblies as compiled: which class uses which. ArchUnitNET reads members and calls; it misses types that stand only
/// in a catch clause, a generic argument, a local variable or the signature of a called method, which <see cref="UsedTypes"/> adds.
/// A constant is copied by the compiler and leaves no trace in either.
/// </summary>
internal static class Code
{
    private const string Product = "WunderProxy";

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> LazyModel = new(Load);
    private static readonly Lazy<IReadOnlySet<(string User, string Used)>> LazyUses = new(FindUses);

    /// <summary>The assemblies as ArchUnitNET sees them.</summary>
    public static ArchUnitNET.Domain.Architecture Model => LazyModel.Value;

    /// <summary>Full names of two classes of which the first uses the second; nested types count as their outermost class.</summary>
    public static IReadOnlySet<(string User, string Used)> Uses => LazyUses.Value;

    /// <summary>Full name of each outermost class, without those that the compiler adds.</summary>
    public static IEnumerable<string> Classes => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Select(type => OutermostOf(type.FullName ?? type.Name)).Where(IsOurs).Distinct(StringComparer.Ordinal);

    private static IReadOnlyList<System.Reflection.Assembly> Assemblies { get; } =
        [System.Reflection.Assembly.Load("wunderproxy"), typeof(ForwarderServer).Assembly, typeof(IObjectStore).Assembly];

    /// <summary>Namespace of a class; empty for the program's entry, which has none.</summary>
    public static string NamespaceOf(string fullName) =>
        fullName.LastIndexOf('.') is >= 0 and var dot ? fullName[..dot] : string.Empty;

    private static ArchUnitNET.Domain.Architecture Load() => new ArchLoader().LoadAssemblies([.. Assemblies]).Build();

    private static HashSet<(string User, string Used)> FindUses()
    {
        var uses = new HashSet<(string User, string Used)>();
        foreach (var type in Model.Types)
        {
            // The name of a type parameter is no type's, and one T stands in for another's.
            foreach (var used in type.Dependencies.Select(dependency => dependency.Target).Where(used => used is not ArchUnitNET.Domain.GenericParameter))
            {
                Add(uses, type.FullName, used.FullName);
            }
        }

        foreach (var assembly in Assemblies)
        {
            using var module = ModuleDefinition.ReadModule(assembly.Location);
            foreach (var type in module.GetTypes())
            {
                foreach (var used in new UsedTypes(type).All)
                {
                    Add(uses, type.FullName, used);
                }
            }
        }

        return uses;
    }

    private static void Add(HashSet<(string User, string Used)> uses, string user, string used)
    {
        var (from, to) = (OutermostOf(user), OutermostOf(used));
        if (from != to && IsOurs(from) && IsOurs(to))
        {
            uses.Add((from, to));
        }
    }

    private static bool IsOurs(string fullName) =>
        fullName == "Program" || (fullName.StartsWith(Product + ".", StringComparison.Ordinal) && !fullName.Contains('<'));

    private static string OutermostOf(string fullName) =>
        fullName.IndexOfAny(['/', '+']) is >= 0 and var end ? fullName[..end] : fullName;
}
