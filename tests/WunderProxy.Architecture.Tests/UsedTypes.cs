using Mono.Cecil;

namespace WunderProxy.Architecture.Tests;

/// <summary>Full names of all types that stand in the metadata and the code of one type.</summary>
internal sealed class UsedTypes
{
    private readonly HashSet<string> _names = [];

    public UsedTypes(TypeDefinition type)
    {
        Add(type.BaseType);
        Add(type.CustomAttributes.Select(attribute => attribute.AttributeType));
        Add(type.Interfaces.Select(implemented => implemented.InterfaceType));
        Add(type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType));
        foreach (var field in type.Fields)
        {
            Add(field.FieldType);
            Add(field.CustomAttributes.Select(attribute => attribute.AttributeType));
        }

        foreach (var property in type.Properties)
        {
            Add(property.CustomAttributes.Select(attribute => attribute.AttributeType));
        }

        foreach (var method in type.Methods)
        {
            AddMethod(method);
            Add(method.CustomAttributes.Select(attribute => attribute.AttributeType));
            Add(method.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType));
            if (method.HasBody)
            {
                AddBody(method.Body);
            }
        }
    }

    public IReadOnlySet<string> All => _names;

    private void AddBody(Mono.Cecil.Cil.MethodBody body)
    {
        Add(body.Variables.Select(variable => variable.VariableType));
        Add(body.ExceptionHandlers.Select(handler => handler.CatchType));
        foreach (var instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    Add(type);
                    break;
                case FieldReference field:
                    Add(field.DeclaringType);
                    Add(field.FieldType);
                    break;
                case MethodReference method:
                    AddMethod(method);
                    break;
            }
        }
    }

    private void AddMethod(MethodReference method)
    {
        Add(method.DeclaringType);
        Add(method.ReturnType);
        Add(method.Parameters.Select(parameter => parameter.ParameterType));
        if (method is GenericInstanceMethod generic)
        {
            Add(generic.GenericArguments);
        }
    }

    private void Add(IEnumerable<TypeReference?> types)
    {
        foreach (var type in types)
        {
            Add(type);
        }
    }

    private void Add(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                break;
            case GenericInstanceType generic:
                Add(generic.GenericArguments);
                Add(generic.ElementType);
                break;
            case FunctionPointerType pointer:
                Add(pointer.ReturnType);
                Add(pointer.Parameters.Select(parameter => parameter.ParameterType));
                break;
            case TypeSpecification specification:
                Add(specification.ElementType);
                break;
            default:
                _names.Add(type.FullName);
                break;
        }
    }
}
