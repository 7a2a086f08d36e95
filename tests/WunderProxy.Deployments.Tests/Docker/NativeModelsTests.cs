using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json.Serialization;
using Docker.DotNet;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>
/// Holds the list of models that the native program is compiled without. The library's serializer names every model of the
/// engine's API, so that the compiler would keep them all: a sixth of the program.
/// </summary>
[TestFixture]
public sealed class NativeModelsTests
{
    private const string File = "src/WunderProxy/EngineModels.Substitutions.xml";

    private const string Head =
        """
        <!-- The models of the engine's API that the native program is compiled without. Whoever uses a new model finds here that
             it is missing: NativeModelsTests fails, and its message says where the new list is. -->
        """;

    private static readonly Assembly Library = typeof(DockerClient).Assembly;

    /// <summary>What the library reads and writes in the calls that we make, although our code does not name it.</summary>
    private static readonly string[] Unnamed =
    [
        "AuthConfig", "ContainerStartParameters", "ContainerWaitResponse", "ImageDeleteResponse", "JSONMessage",
        "NetworkConnectParameters",
    ];

    [Test]
    public void Native_program_is_compiled_without_the_models_that_nothing_uses()
    {
        var kept = new HashSet<Type>();
        foreach (var model in NamedModels().Concat(Unnamed.Select(name => Library.GetType("Docker.DotNet.Models." + name, true)!)))
        {
            Keep(model, kept);
        }

        var expected = Write(kept);
        var path = Path.Combine(FindRoot(), File);
        if (System.IO.File.ReadAllText(path) != expected)
        {
            var proposal = Path.Combine(TestContext.CurrentContext.WorkDirectory, Path.GetFileName(File));
            System.IO.File.WriteAllText(proposal, expected);
            Assert.Fail($"{File} does not fit to the models in use; copy {proposal} there");
        }
    }

    private static IEnumerable<Type> NamedModels()
    {
        using var file = new PEReader(System.IO.File.OpenRead(typeof(DockerEngineClient).Assembly.Location));
        var metadata = file.GetMetadataReader();
        return
        [
            .. metadata.TypeReferences
                .Select(metadata.GetTypeReference)
                .Where(type => metadata.GetString(type.Namespace) == "Docker.DotNet.Models")
                .Select(type => Library.GetType("Docker.DotNet.Models." + metadata.GetString(type.Name), true)!),
        ];
    }

    private static void Keep(Type type, HashSet<Type> kept)
    {
        if (!kept.Add(type))
        {
            return;
        }

        foreach (var part in PartsOf(type))
        {
            Keep(part, kept);
        }

        if (type.Assembly == Library)
        {
            foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                Keep(property.PropertyType, kept);
            }
        }
    }

    private static string Write(HashSet<Type> kept)
    {
        var text = new StringBuilder(Head).Append("\n<linker>\n  <assembly fullname=\"Docker.DotNet\">\n");
        foreach (var context in Library.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append($"    <type fullname=\"{context.FullName}\">\n");
            foreach (var method in context.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(method => method.Name.StartsWith("Create_", StringComparison.Ordinal))
                .Where(method => IsUnused(method.ReturnType.GetGenericArguments()[0], kept))
                .OrderBy(method => method.Name, StringComparer.Ordinal))
            {
                var result = NameOf(method.ReturnType).Replace("<", "&lt;", StringComparison.Ordinal)
                    .Replace(">", "&gt;", StringComparison.Ordinal);
                text.Append($"      <method signature=\"{result} {method.Name}(System.Text.Json.JsonSerializerOptions)\" body=\"remove\" />\n");
            }

            text.Append("    </type>\n");
        }

        return text.Append("  </assembly>\n</linker>\n").ToString();
    }

    /// <summary>Whether a type is a model that nothing uses, or a collection of such models.</summary>
    private static bool IsUnused(Type type, HashSet<Type> kept) => PartsOf(type) is { Length: > 0 } parts
        ? parts.Any(part => IsUnused(part, kept))
        : type.Assembly == Library && !kept.Contains(type);

    private static Type[] PartsOf(Type type) => [.. type.GetGenericArguments().Append(type.GetElementType()).OfType<Type>()];

    /// <summary>A type's name as the compiler writes it in a signature.</summary>
    private static string NameOf(Type type)
    {
        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }

        var name = type.IsNested ? $"{NameOf(type.DeclaringType!)}/{type.Name}" : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>" : name;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no WunderProxy.sln above the tests.");
        }

        return folder.FullName;
    }
}
