package dev.minions.cli;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ModuleTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** One source file, parsed and no more: what it declares, with which comments, and how long it is. */
final class SourceFile {
    private static final Set<Modifier> VISIBLE = Set.of(Modifier.PUBLIC, Modifier.PROTECTED);

    private final Path file;
    private final CompilationUnitTree unit;
    private final DocTrees trees;

    private SourceFile(Path file, CompilationUnitTree unit, DocTrees trees) {
        this.file = file;
        this.unit = unit;
        this.trees = trees;
    }

    static SourceFile read(Path file) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(file));
            return new SourceFile(file, task.parse().iterator().next(), DocTrees.instance(task));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a module's descriptor: the packages that it exports to everybody. */
    Stream<String> exportedPackages() {
        ModuleTree module = unit.getModule();
        return module == null
                ? Stream.of()
                : module.getDirectives().stream()
                        .filter(ExportsTree.class::isInstance)
                        .map(directive ->
                                ((ExportsTree) directive).getPackageName().toString());
    }

    Stream<String> methodsLongerThan(int lines) {
        List<String> found = new ArrayList<>();
        new TreePathScanner<@Nullable Void, List<String>>() {
            @Override
            public @Nullable Void visitMethod(MethodTree method, List<String> found) {
                if (method.getBody() != null && lineOf(end(method)) - lineOf(start(method.getBody())) + 1 > lines) {
                    found.add(at(method, method.getName()));
                }
                return super.visitMethod(method, found);
            }
        }.scan(unit, found);
        return found.stream();
    }

    /** The public and protected declarations that have no comment and inherit none. */
    Stream<String> undocumented() {
        List<String> found = new ArrayList<>();
        new TreePathScanner<@Nullable Void, List<String>>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, List<String> found) {
                if (!isVisible(type.getModifiers(), getCurrentPath())) {
                    return null;
                }
                require(type, type.getSimpleName(), found);
                return super.visitClass(type, found);
            }

            @Override
            public @Nullable Void visitMethod(MethodTree method, List<String> found) {
                if (isVisible(method.getModifiers(), getCurrentPath()) && !isSpokenForElsewhere(method)) {
                    require(method, method.getName(), found);
                }
                return null;
            }

            @Override
            public @Nullable Void visitVariable(VariableTree field, List<String> found) {
                if (isVisible(field.getModifiers(), getCurrentPath())) {
                    require(field, field.getName(), found);
                }
                return null;
            }

            private void require(Tree declaration, CharSequence name, List<String> found) {
                DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
                if (comment == null) {
                    found.add(at(declaration, name));
                }
            }
        }.scan(unit, found);
        return found.stream();
    }

    /** Overrides inherit their comment; a record's compact constructor has the record's; javac makes some itself. */
    private boolean isSpokenForElsewhere(MethodTree method) {
        boolean overrides = method.getModifiers().getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().equals("Override"));
        boolean test = method.getModifiers().getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().endsWith("Test"));
        boolean constructor = method.getReturnType() == null;
        return overrides || test || constructor;
    }

    private static boolean isVisible(ModifiersTree modifiers, TreePath path) {
        Tree parent = path.getParentPath().getLeaf();
        boolean inInterface = parent instanceof ClassTree type
                && (type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE);
        return inInterface || modifiers.getFlags().stream().anyMatch(VISIBLE::contains);
    }

    private long start(Tree tree) {
        return trees.getSourcePositions().getStartPosition(unit, tree);
    }

    private long end(Tree tree) {
        return trees.getSourcePositions().getEndPosition(unit, tree);
    }

    private long lineOf(long position) {
        return unit.getLineMap().getLineNumber(position);
    }

    private String at(Tree declaration, CharSequence name) {
        return file.getFileName() + ":" + lineOf(start(declaration)) + " " + name;
    }
}
