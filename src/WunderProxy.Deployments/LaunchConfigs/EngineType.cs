namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The type that the engine expects at one place of its create body: a struct, a map, a list, or a single value.
/// </summary>
internal sealed class EngineType
{
    private readonly Dictionary<string, (string Name, EngineType Type)> _fields = new(StringComparer.Ordinal);

    private EngineType()
    {
    }

    /// <summary>A single value, or a list of single values.</summary>
    public static EngineType Plain { get; } = new();

    /// <summary>Whether an object of this type is a struct, whose field names are compared without case.</summary>
    public bool IsStruct => _fields.Count > 0;

    /// <summary>Type of the values of a map, whose keys are data; null if this type is not a map.</summary>
    public EngineType? Values { get; private init; }

    /// <summary>Type of the items of a list of structs; null for every other type.</summary>
    public EngineType? Items { get; private init; }

    /// <summary>The fields of a struct, spelled as the engine spells them.</summary>
    public IEnumerable<(string Name, EngineType Type)> Fields => _fields.Values;

    /// <summary>Creates the type of a list of structs.</summary>
    public static EngineType ListOf(EngineType items) => new() { Items = items };

    /// <summary>Creates the type of a map, whose keys are compared exactly.</summary>
    public static EngineType MapOf(EngineType values) => new() { Values = values };

    /// <summary>Creates the type of a struct.</summary>
    /// <param name="plain">Names of the fields with single values, separated by white space.</param>
    /// <param name="others">Name and type of the other fields.</param>
    public static EngineType Struct(string plain, params (string Name, EngineType Type)[] others)
    {
        var type = new EngineType();
        foreach (var name in plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            type._fields.Add(GoName.Fold(name), (name, Plain));
        }

        foreach (var field in others)
        {
            type._fields.Add(GoName.Fold(field.Name), field);
        }

        return type;
    }

    /// <summary>Returns the field that the engine takes a name for, or null if it knows none.</summary>
    public (string Name, EngineType Type)? Find(string name) =>
        _fields.TryGetValue(GoName.Fold(name), out var field) ? field : null;
}
